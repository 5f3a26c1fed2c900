/** Decides how the panel says whether the candidate's changes are kept. */

import type { SavedState } from '../saved.ts';
import { element, setText } from './dom.ts';

const ICONS: Readonly<Record<SavedState['kind'], string>> = { saved: '✓', saving: '…', unsaved: '⚠' };

export class SavedView {
  readonly node = element('span', 'viva-Saved');
  readonly #icon = element('span', 'viva-Icon', [], { 'aria-hidden': 'true' });
  readonly #text = element('span', 'viva-Saved-text');
  // Spoken is what is wrong, and that it is over; not every keystroke's saving and saved.
  readonly #spoken = element('span', 'viva-Saved-spoken', [], { role: 'status', 'aria-live': 'polite' });
  #wrong = false;

  constructor() {
    this.node.append(this.#icon, this.#text, this.#spoken);
    this.node.hidden = true;
  }

  update(state: SavedState): void {
    this.node.hidden = state.text === '';
    this.node.dataset['kind'] = state.kind;
    setText(this.#icon, ICONS[state.kind]);
    setText(this.#text, state.text);
    if (state.kind === 'unsaved') {
      this.#wrong = true;
      setText(this.#spoken, state.text);
    } else if (state.kind === 'saved' && this.#wrong) {
      this.#wrong = false;
      setText(this.#spoken, 'Saved again.');
    }
  }
}
