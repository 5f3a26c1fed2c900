/** Decides how the time that is left is shown, and when a screen reader hears of it. */

import { countdown, type Urgency } from '../clock.ts';
import { leftMs, phaseOf, type Room } from '../room.ts';
import { element, setText, timeOfDay } from './dom.ts';

const CLOCK = '◷';

export class TimeView {
  readonly node: HTMLElement;
  readonly #text = element('span', 'viva-Time-left');
  readonly #ends = element('span', 'viva-Time-ends');
  readonly #notice = element('p', 'viva-Time-notice', [], { role: 'status', 'aria-live': 'polite' });
  #urgency: Urgency | null = null;

  constructor() {
    const icon = element('span', 'viva-Icon', [CLOCK], { 'aria-hidden': 'true' });
    const clock = element('div', 'viva-Time-clock', [icon, this.#text, this.#ends], {
      role: 'timer',
      'aria-label': 'Time left',
      // Silent: the notice below speaks, and only when there is something to say.
      'aria-live': 'off'
    });
    this.node = element('div', 'viva-Time', [clock, this.#notice]);
  }

  update(room: Room, browserNowMs: number): void {
    const left = leftMs(room, browserNowMs);
    this.node.hidden = left === null || phaseOf(room) === 'submitted';
    if (left === null || room.brief === null) {
      return;
    }
    const { text, urgency, notice } = countdown(left);
    setText(this.#text, urgency === 'over' ? 'Time is up' : `${text} left`);
    setText(this.#ends, urgency === 'over' ? '' : `until ${timeOfDay(room.brief.ends_at)}`);
    if (urgency !== this.#urgency) {
      this.#urgency = urgency;
      this.node.dataset['urgency'] = urgency;
      setText(this.#notice, urgency === 'over' ? '' : notice);
    }
  }
}
