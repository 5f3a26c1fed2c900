/** Decides how a submission's receipt reads: the same in the panel and in the middle of the room. */

import { Clipboard } from '@jupyterlab/apputils';

import type { Receipt, Submitted } from '../panel.gen.ts';
import { button, element, setText, timeOfDay } from './dom.ts';

/** The receipt as text, for whoever keeps a copy. */
export function receiptText(submitted: Submitted): string {
  const lines = submitted.receipts.map(
    each => `${each.path}  ${each.sha256 === null ? each.problem : `sha256:${each.sha256}`}`
  );
  return [`Submitted ${submitted.submitted_at}`, ...lines, ''].join('\n');
}

function receiptRow(receipt: Receipt): HTMLElement {
  const proof =
    receipt.sha256 === null
      ? element('p', 'viva-Problem', [`Not received: ${receipt.problem}`])
      : element('code', 'viva-Receipt-sha256', [`sha256:${receipt.sha256}`]);
  const saved = receipt.saved_at === null ? '' : ` · last saved ${timeOfDay(receipt.saved_at)}`;
  const size = receipt.sha256 === null ? '' : ` · ${receipt.bytes.toLocaleString()} bytes`;
  return element('li', '', [
    element('span', 'viva-Receipt-title', [receipt.title]),
    element('span', 'viva-Receipt-path', [receipt.path + size + saved]),
    proof
  ]);
}

function copyButton(submitted: Submitted): HTMLElement {
  const said = element('span', 'viva-Hint', [], { role: 'status', 'aria-live': 'polite' });
  const copy = button('Copy receipt', 'viva-Copy', () => {
    Clipboard.copyToSystem(receiptText(submitted));
    setText(said, 'Copied.');
  });
  return element('div', 'viva-Receipt-copy', [copy, said]);
}

/**
 * Everything that proves the submission.
 *
 * `url` is the receipt's own page, which stays when this room has closed; null if there is none.
 */
export function receiptElement(submitted: Submitted, url: string | null): HTMLElement {
  const at = new Date(submitted.submitted_at);
  const time = element('time', '', [at.toLocaleString([], { dateStyle: 'medium', timeStyle: 'long' })], { datetime: submitted.submitted_at });
  const parts: HTMLElement[] = [
    element('h2', 'viva-Receipt-heading', ['✓ Submitted']),
    element('p', 'viva-Receipt-when', ['Received ', time]),
    element('ol', 'viva-Receipt-list', submitted.receipts.map(receiptRow)),
    copyButton(submitted)
  ];
  if (url !== null) {
    const link = element('a', 'viva-Receipt-link', ['Open the receipt’s page'], {
      href: url,
      target: '_blank',
      rel: 'noopener noreferrer'
    });
    parts.push(link);
  }
  return element('section', 'viva-Receipt', parts, { 'aria-label': 'Receipt' });
}
