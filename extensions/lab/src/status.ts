/** Decides what is said of a notebook that does not answer yet. */

import type { Desktop } from './room.ts';

/** What is said until the kernel answers; empty from then on. */
export function kernelText({ kernel, waiting }: Desktop): string {
  if (kernel !== 'starting') {
    return '';
  }
  if (waiting === 0) {
    return '… Your notebook is getting ready';
  }
  const cells = waiting === 1 ? 'Your cell runs' : `Your ${waiting} cells run`;
  return `… Your notebook is getting ready. ${cells} when it is.`;
}
