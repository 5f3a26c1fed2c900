/** Decides the one status line: saved or not, checks used, and whether the notebook is ready. */

import { phaseOf, type Room } from '../room.ts';
import { kernelText } from '../status.ts';
import { element, setText } from './dom.ts';
import { SavedView } from './saved.ts';

export class StatusView {
  readonly node = element('ul', 'viva-Status', [], { 'aria-label': 'Status' });
  readonly #saved = new SavedView();
  readonly #checks = entry('viva-Status-checks');
  readonly #kernel = entry('viva-Status-kernel');

  constructor() {
    this.#kernel.setAttribute('role', 'status');
    this.node.append(
      ...[this.#saved.node, this.#checks, this.#kernel].map(each => element('li', '', [each]))
    );
  }

  update(room: Room): void {
    this.node.hidden = phaseOf(room) === 'submitted' || room.brief === null;
    const { desk } = room;
    this.#saved.update(desk.saved);
    setText(this.#checks, desk.checks === null ? '' : checksText(desk.checks));
    setText(this.#kernel, kernelText(desk));
  }
}

function entry(className: string): HTMLElement {
  return element('span', className);
}

function checksText(checks: number): string {
  return `Checks used: ${checks}`;
}
