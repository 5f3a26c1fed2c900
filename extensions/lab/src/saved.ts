/** Decides what is said of the candidate's changes: kept by the interview service, or not, and why. */

import type { SavedNotebook } from './panel.gen.ts';
import { sha256 } from './sha256.ts';

/** A cell's type and source: a notebook's work is these, in order. */
export type Cell = readonly [string, string];

/** The work on this page's screen: its hash, and since when it differs from what was kept. */
export interface OnScreen {
  work: string;
  sinceMs: number;
}

export interface SavedState {
  kind: 'saved' | 'saving' | 'unsaved';
  /** Empty until there is something to say. */
  text: string;
}

/** What the interview service said last: it stays true, for what is kept is kept. */
export type Heard = readonly SavedNotebook[];

// A change is acknowledged within half a second; who hears nothing for so long is told.
const PATIENCE_MS = 8000;
const NO_ANSWER = 'The interview server does not answer. Keep this page open: it keeps trying.';
const NOT_ARRIVED = 'Your last changes have not reached the interview server. Keep this page open.';

/** The hash of a notebook's work; `work_sha256` of the console computes the same. */
export function workOf(cells: readonly Cell[]): string {
  return sha256(JSON.stringify(cells));
}

/**
 * What to say at the browser's time `nowMs`.
 *
 * `answers` is whether the interview service answered when it was asked last.
 */
export function judge(
  screens: ReadonlyMap<string, OnScreen>,
  heard: Heard,
  answers: boolean,
  nowMs: number
): SavedState {
  const open = [...screens].filter(([path, { work }]) => work !== keptOf(heard, path)?.work_sha256);
  if (open.length === 0) {
    return screens.size === 0 ? { kind: 'saving', text: '' } : { kind: 'saved', text: 'Saved' };
  }
  const late = open.filter(([, { sinceMs }]) => nowMs - sinceMs > PATIENCE_MS).map(([path]) => path);
  if (late.length === 0) {
    return { kind: 'saving', text: 'Saving…' };
  }
  const told = late.map(path => keptOf(heard, path)?.problem ?? '').find(problem => problem !== '');
  return { kind: 'unsaved', text: `Not saved: ${late.join(', ')}. ${answers ? (told ?? NOT_ARRIVED) : NO_ANSWER}` };
}

export function keptOf(heard: Heard, path: string): SavedNotebook | undefined {
  return heard.find(each => each.path === path);
}
