/** Decides how the time that is left is shown, and when a screen reader hears of it. */

import { countdown, steadyUrgency, warningOf, type Shown } from '../clock.ts';
import { creditTexts } from '../lost.ts';
import { leftMs, phaseOf, type Room } from '../room.ts';
import { element, setText, timeOfDay } from './dom.ts';

const CLOCK = '◷';
const ADDED = '+';
// A screen reader speaks of what changes in a region that stands, not of one that has just come.
const STANDS_MS = 150;

export class TimeView {
  readonly node: HTMLElement;
  readonly #text = element('span', 'viva-Time-left');
  readonly #ends = element('span', 'viva-Time-ends');
  readonly #notice = spoken('viva-Time-notice');
  readonly #credits = spoken('viva-Time-credits');
  readonly #reveal: () => void;
  #shown: Shown | null = null;
  #credited = '';

  /** `reveal` opens the panel, where the candidate has folded it away; it takes no focus. */
  constructor(reveal: () => void) {
    this.#reveal = reveal;
    const icon = element('span', 'viva-Icon', [CLOCK], { 'aria-hidden': 'true' });
    const clock = element('div', 'viva-Time-clock', [icon, this.#text, this.#ends], {
      role: 'timer',
      'aria-label': 'Time left',
      // Silent: the notices below speak, and only when there is something to say.
      'aria-live': 'off'
    });
    this.node = element('div', 'viva-Time', [clock, this.#notice, this.#credits]);
  }

  update(room: Room, browserNowMs: number): void {
    const left = leftMs(room, browserNowMs);
    this.node.hidden = left === null || phaseOf(room) === 'submitted';
    if (left === null || room.brief === null) {
      return;
    }
    const { ends_at } = room.brief;
    const { text } = countdown(left);
    const over = left <= 0;
    if (phaseOf(room) === 'practice') {
      // No warning: nothing ends but practice. Its first seconds were the room's own.
      const whole = countdown(Math.min(left, room.brief.minutes * 60_000)).text;
      setText(this.#text, over ? 'Practice is over' : `${whole} of practice`);
      return;
    }
    setText(this.#text, over ? 'Time is up' : `${text} left`);
    setText(this.#ends, over ? '' : `until ${timeOfDay(ends_at)}`);
    if (phaseOf(room) === 'expired') {
      // It warns of what is handed in at the end: here nothing is.
      this.#notice.replaceChildren();
      return;
    }
    this.#warn(steadyUrgency(this.#shown, left, ends_at));
    this.#credit(creditTexts(room.brief.credits));
  }

  #warn(shown: Shown): void {
    const before = this.#shown?.urgency;
    this.#shown = shown;
    if (shown.urgency === before) {
      return;
    }
    this.node.dataset['urgency'] = shown.urgency;
    const warning = warningOf(shown.urgency);
    this.#say(this.#notice, warning === null ? [] : [row(warning.icon, warning.text)]);
  }

  #credit(texts: readonly string[]): void {
    const all = texts.join(' ');
    if (all !== this.#credited) {
      this.#credited = all;
      this.#say(this.#credits, texts.map(text => row(ADDED, text)));
    }
  }

  #say(region: HTMLElement, rows: readonly HTMLElement[]): void {
    if (rows.length === 0) {
      region.replaceChildren();
      return;
    }
    this.#reveal();
    window.setTimeout(() => region.replaceChildren(...rows), STANDS_MS);
  }
}

function spoken(className: string): HTMLElement {
  return element('div', className, [], { role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
}

function row(icon: string, text: string): HTMLElement {
  return element('p', '', [
    element('span', 'viva-Icon', [icon], { 'aria-hidden': 'true' }),
    element('span', '', [text])
  ]);
}
