/** Decides what the candidate is asked before time begins, and before a submit, which is final. */

import { Dialog, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';

import type { NotebookState } from '../desk.ts';
import type { PanelQuestion } from '../panel.gen.ts';
import { element } from './dom.ts';

const STATES: Readonly<Record<NotebookState, { icon: string; text: string }>> = {
  saved: { icon: '✓', text: 'saved' },
  unsaved: { icon: '●', text: 'has changes, which are saved first' },
  closed: { icon: '✓', text: 'not open here; its saved file is handed in' }
};

function notebookRow(question: PanelQuestion, state: NotebookState): HTMLElement {
  const { icon, text } = STATES[state];
  return element('li', 'viva-Confirm-row', [
    element('span', 'viva-Icon', [icon], { 'aria-hidden': 'true' }),
    element('span', '', [
      element('strong', '', [question.title]),
      element('span', 'viva-Confirm-state', [`${question.path}: ${text}`])
    ])
  ]);
}

/** Ask; the answer is whether to submit. The focus begins on the button that does nothing. */
export async function confirmSubmit(
  questions: readonly PanelQuestion[],
  stateOf: (path: string) => NotebookState
): Promise<boolean> {
  const rows = questions.map(each => notebookRow(each, stateOf(each.path)));
  const body = new Widget({
    node: element('div', 'viva-Confirm', [
      element('p', '', ['This hands in:']),
      element('ol', 'viva-Confirm-list', rows),
      element('p', '', ['Submitting is final: your answers cannot be changed afterwards, and this room closes.'])
    ])
  });
  const buttons = [
    Dialog.cancelButton({ label: 'Keep working' }),
    Dialog.okButton({ label: 'Submit interview' })
  ];
  const answer = await showDialog({ title: 'Submit your interview?', body, buttons, defaultButton: 0 });
  return answer.button.accept;
}

/** Ask whether practice is to end; the focus begins on the button that does nothing. */
export async function confirmBegin(): Promise<boolean> {
  const words = 'Your time begins when you press the button, not before. Nothing of your practice is kept.';
  const body = new Widget({ node: element('div', 'viva-Confirm', [element('p', '', [words])]) });
  const buttons = [Dialog.cancelButton({ label: 'Not yet' }), Dialog.okButton({ label: 'Begin the interview' })];
  const answer = await showDialog({ title: 'Begin your interview?', body, buttons, defaultButton: 0 });
  return answer.button.accept;
}
