/** Decides how a part's visible checks read: what was asked, what should come out, what did. */

import type { Checked } from '../cellruns.ts';
import type { Finding } from '../room.gen.ts';
import { element } from './dom.ts';

const STATES: Readonly<Record<Finding['state'], { icon: string; word: string }>> = {
  pass: { icon: '✓', word: 'As expected' },
  fail: { icon: '✗', word: 'Not as expected' },
  error: { icon: '!', word: 'Ended with an error' }
};
export const ONLY_VISIBLE =
  'These are the tests that you can see in the notebook. Other tests with other data are run after you submit.';

/** `level`: of the heading, below the one that it stands under. */
export function checkedElement({ part, reports, problem }: Checked, level: 'h2' | 'h3'): HTMLElement {
  const findings = reports.flatMap(each => each.findings);
  const stopped = reports.map(each => each.stopped).filter(each => each !== '');
  return element('section', 'viva-Checked', [
    element(level, '', [part]),
    element('p', 'viva-Checked-summary', [summary(findings)]),
    ...[problem, ...stopped].filter(each => each !== '').map(each => element('p', 'viva-Problem', [each])),
    element('ol', 'viva-Findings', findings.map(findingElement)),
    element('p', 'viva-Hint', [ONLY_VISIBLE])
  ], { 'aria-label': `Checks of ${part}` });
}

/** In words without a score: whether something is to be looked at. */
export function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return 'No check could be run.';
  }
  const open = findings.filter(each => each.state !== 'pass').length;
  if (open === 0) {
    return '✓ Every visible check comes out as expected.';
  }
  return open === 1 ? '✗ One check does not come out as expected.' : `✗ ${open} checks do not come out as expected.`;
}

function findingElement(finding: Finding): HTMLElement {
  const { icon, word } = STATES[finding.state];
  const facts: [string, string][] = [
    ['Expected', finding.expected],
    [finding.state === 'error' ? 'Raised' : 'Got', finding.got]
  ];
  const shown = facts.filter(([, text]) => text !== '');
  const list = element('dl', '', shown.flatMap(([name, text]) => [
    element('dt', '', [name]),
    // Reached by keyboard, so that a wide value can be scrolled without a mouse.
    element('dd', '', [element('pre', '', [text], { tabindex: '0' })])
  ]));
  if (finding.note !== '') {
    list.append(element('dt', '', ['Note']), element('dd', 'viva-Finding-note', [finding.note]));
  }
  const head = element('summary', '', [
    element('span', 'viva-Icon', [icon], { 'aria-hidden': 'true' }),
    element('span', 'viva-Hidden', [`${word}: `]),
    element('code', '', [finding.input])
  ]);
  const details = element('details', 'viva-Finding', [head, list]);
  details.dataset['state'] = finding.state;
  details.open = finding.state !== 'pass';
  return element('li', '', [details]);
}
