/** Decides what stands at the panel's foot: Submit, how far it has come, and what went wrong. */

import { isBusy, phaseOf, type Room, type Submitting } from '../room.ts';
import { button, element, setText } from './dom.ts';

const LABELS: Readonly<Record<Submitting, string>> = {
  idle: 'Submit interview…',
  saving: 'Saving your notebooks…',
  sending: 'Submitting…',
  failed: 'Try to submit again…'
};

export class SubmitView {
  readonly node: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #problem = element('p', 'viva-Problem', [], { role: 'alert' });

  constructor(submit: () => void) {
    this.#button = button(LABELS.idle, 'jp-mod-accept viva-Submit', submit);
    const hint = element('p', 'viva-Hint', ['Hands in every question at once.']);
    this.node = element('div', 'viva-Foot', [this.#problem, this.#button, hint]);
  }

  update(room: Room): void {
    this.node.hidden = phaseOf(room) !== 'open' || room.link === 'refused';
    // Not `disabled`: that would take the focus away from who has just pressed it.
    this.#button.setAttribute('aria-disabled', String(isBusy(room)));
    setText(this.#button, LABELS[room.submitting]);
    setText(this.#problem, room.submitting === 'failed' ? room.problem : '');
  }
}
