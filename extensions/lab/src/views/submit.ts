/** Decides what stands at the panel's foot: Submit and how far it has come; before the clock, the way to begin. */

import { isBusy, phaseOf, type Room, type Submitting } from '../room.ts';
import { button, element, setText } from './dom.ts';

const BEGIN = 'Begin the interview…';
const LABELS: Readonly<Record<Submitting, string>> = {
  idle: 'Submit interview…',
  beginning: 'Opening your interview…',
  saving: 'Saving your notebooks…',
  sending: 'Submitting…',
  failed: 'Try to submit again…'
};

export class SubmitView {
  readonly node: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #hint: HTMLElement;
  readonly #begin: HTMLButtonElement;
  readonly #problem = element('p', 'viva-Problem', [], { role: 'alert' });

  constructor({ submit, begin }: { submit: () => void; begin: () => void }) {
    this.#button = button(LABELS.idle, 'jp-mod-accept viva-Submit', submit);
    this.#begin = button(BEGIN, 'jp-mod-accept viva-Submit', begin);
    this.#hint = element('p', 'viva-Hint');
    this.node = element('div', 'viva-Foot', [this.#problem, this.#button, this.#begin, this.#hint]);
  }

  update(room: Room): void {
    const phase = phaseOf(room);
    const practice = phase === 'practice';
    this.node.hidden = (phase !== 'open' && !practice) || room.link === 'refused';
    this.#button.hidden = practice;
    this.#begin.hidden = !practice;
    setText(this.#hint, practice ? 'Asks you once more before your time begins.' : 'Hands in every question at once.');
    // Not `disabled`: that would take the focus away from who has just pressed it.
    for (const each of [this.#button, this.#begin]) {
      each.setAttribute('aria-disabled', String(isBusy(room)));
    }
    setText(this.#button, LABELS[room.submitting]);
    setText(this.#begin, isBusy(room) ? LABELS[room.submitting] : BEGIN);
    setText(this.#problem, room.submitting === 'failed' ? room.problem : '');
  }
}
