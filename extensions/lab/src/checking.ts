/** Decides what of a check is shown beside the notebook in front: never that of another one. */

import type { Checked } from './cellruns.ts';

export interface Checking {
  /** The notebook whose check is running; null while none is. */
  readonly running: string | null;
  /** What came of the last check, and of which notebook. */
  readonly last: { readonly path: string; readonly checked: Checked } | null;
}

export const NO_CHECK: Checking = { running: null, last: null };

const HERE = 'Running your cells and the checks…';
const ELSEWHERE = 'A check of your other notebook is running.';
const NONE_OPEN = 'Open a question to check its parts.';

/** The status line and the result, while the notebook at `front` is in front; null for none. */
export function shownBeside(front: string | null, { running, last }: Checking): { status: string; result: Checked | null } {
  if (front === null) {
    return { status: NONE_OPEN, result: null };
  }
  const status = running === null ? '' : running === front ? HERE : ELSEWHERE;
  return { status, result: last?.path === front && running !== front ? last.checked : null };
}
