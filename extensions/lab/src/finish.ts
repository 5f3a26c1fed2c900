/** Decides what the room says once the interview has been handed in, or is over without that. */

import { Widget } from '@lumino/widgets';

import { phaseOf, type Room } from './room.ts';
import { element } from './views/dom.ts';

/** A calm last page; a receipt itself stands in the panel beside it. */
export function finishWidget(room: Room): Widget {
  const over = phaseOf(room) === 'expired';
  const widget = new Widget({ node: element('div', '', [over ? ended() : thanks('in the panel')]) });
  widget.id = 'viva-finish';
  widget.title.label = over ? 'Ended' : 'Submitted';
  widget.title.closable = false;
  widget.addClass('viva-Finish');
  return widget;
}

/** `where` the receipt stands. */
export function thanks(where: string): HTMLElement {
  const sign = element('span', 'viva-Finish-sign', ['✓'], { 'aria-hidden': 'true' });
  return words('Thank you. Your interview is submitted.', `Your receipt stands ${where}. You can close this page at any time.`, sign);
}

function ended(): HTMLElement {
  return words('This interview has ended.', 'Nothing more can be handed in from this page. Your contact tells you how it goes on.');
}

function words(heading: string, text: string, ...sign: HTMLElement[]): HTMLElement {
  return element('div', 'viva-Finish-words', [...sign, element('h1', '', [heading]), element('p', '', [text])]);
}
