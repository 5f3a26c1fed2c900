/** Decides how the parts of the question in front are listed, each with its Check. */

import type { Checked } from '../cellruns.ts';
import { NO_CHECK, shownBeside, type Checking } from '../checking.ts';
import type { Part } from '../parts.ts';
import { checkedElement, ONLY_VISIBLE } from './checks.ts';
import { button, element, setText } from './dom.ts';

/** Gives the parts of the notebook in front; null while none is open. */
export interface Checker {
  /** The path of the notebook in front; empty while none is open. */
  path: () => string;
  parts: () => readonly Part[] | null;
  check: (part: Part) => Promise<Checked>;
  /** End what runs in a notebook, which may not be in front any more. */
  stop: (path: string) => void;
}

export class PartsView {
  readonly node = element('section', 'viva-Parts', [], { 'aria-label': 'Check' });
  readonly #list = element('ol', 'viva-Parts-list');
  readonly #status = element('p', 'viva-Hint', [], { role: 'status' });
  readonly #stop: HTMLButtonElement;
  readonly #result = element('div', 'viva-Parts-result', [], { 'aria-live': 'polite' });
  readonly #checker: Checker;
  #shown = '';
  #checking: Checking = NO_CHECK;

  constructor(checker: Checker) {
    this.#checker = checker;
    this.#stop = button('Stop', 'viva-Small', () => checker.stop(this.#checking.running ?? checker.path()));
    this.#stop.hidden = true;
    this.node.append(this.#list, element('div', 'viva-Row', [this.#status, this.#stop]), this.#result);
  }

  update(): void {
    const parts = this.#checker.parts()?.filter(each => each.hasAnswer || each.tests.length > 0) ?? null;
    const titles = parts?.map(each => [each.title, each.tests.length > 0]) ?? null;
    const shown = JSON.stringify([this.#checker.path(), titles]);
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    this.#show(this.#checking);
    this.#list.replaceChildren(...(parts ?? []).map((part, index) => this.#row(part, index)));
  }

  /** Check a part of the notebook in front, as its button does. */
  async run(title: string): Promise<void> {
    // Anew: the cells may have changed since the list was made.
    const part = this.#checker.parts()?.find(each => each.title === title);
    if (part === undefined || this.#checking.running !== null) {
      return;
    }
    const path = this.#checker.path();
    this.#show({ ...this.#checking, running: path });
    const checked = await this.#checker.check(part);
    this.#show({ running: null, last: { path, checked } });
  }

  #show(checking: Checking): void {
    this.#checking = checking;
    const front = this.#checker.parts() === null ? null : this.#checker.path();
    const { status, result } = shownBeside(front, checking);
    this.#stop.hidden = checking.running === null;
    setText(this.#status, status);
    this.#result.replaceChildren(...(result === null ? [] : [checkedElement(result, 'h3')]));
  }

  #row(part: Part, index: number): HTMLElement {
    const title = element('span', 'viva-Parts-title', [part.title]);
    if (part.tests.length === 0) {
      return element('li', 'viva-Parts-row', [title, element('span', 'viva-Hint', ['read by people'])]);
    }
    const check = button('Check', 'viva-Small', () => void this.run(part.title));
    check.setAttribute('aria-label', `Check ${part.title}`);
    check.title = ONLY_VISIBLE;
    check.dataset['part'] = String(index);
    return element('li', 'viva-Parts-row', [title, check]);
  }
}
