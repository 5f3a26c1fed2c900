/** Decides what the room says once the interview has been handed in. */

import { Widget } from '@lumino/widgets';

import { element } from './views/dom.ts';

/** A calm last page; the receipt itself stands in the panel beside it. */
export function finishWidget(): Widget {
  const widget = new Widget({ node: element('div', '', [thanks('in the panel')]) });
  widget.id = 'viva-finish';
  widget.title.label = 'Submitted';
  widget.title.closable = false;
  widget.addClass('viva-Finish');
  return widget;
}

/** `where` the receipt stands. */
export function thanks(where: string): HTMLElement {
  return element('div', 'viva-Finish-words', [
    element('span', 'viva-Finish-sign', ['✓'], { 'aria-hidden': 'true' }),
    element('h1', '', ['Thank you. Your interview is submitted.']),
    element('p', '', [`Your receipt stands ${where}. You can close this page at any time.`])
  ]);
}
