/** Decides how the candidate is told, at any time, what is recorded and which AI takes part. */

import type { Disclosure } from '../panel.gen.ts';
import type { Room } from '../room.ts';
import { element } from './dom.ts';

export class DisclosureView {
  readonly node = element('div', 'viva-Disclosure');
  #shown: Disclosure | null = null;

  update(room: Room): void {
    const disclosure = room.brief?.disclosure ?? null;
    this.node.hidden = disclosure === null;
    if (disclosure === null || JSON.stringify(disclosure) === JSON.stringify(this.#shown)) {
      return;
    }
    this.#shown = disclosure;
    this.node.replaceChildren(
      section('What is recorded', disclosure.recorded, 'Nothing is recorded.'),
      section('AI in this interview', disclosure.ai, 'No AI takes part in this interview.')
    );
  }
}

function section(title: string, lines: readonly string[], none: string): HTMLElement {
  const items = lines.map(line => element('li', '', [line]));
  const body = items.length > 0 ? element('ul', '', items) : element('p', '', [none]);
  return element('details', 'viva-Details', [element('summary', '', [title]), body]);
}
