/** Decides what is said of the candidate's changes: kept by the interview service, or not, and why. */

import type { SavedNotebook } from './panel.gen.ts';
import { sha256 } from './sha256.ts';

/** A cell's type and source: a notebook's work is these, in order. */
export type Cell = readonly [string, string];

/** The work on this page's screen: its hash, and since when it differs from what was kept. */
export interface OnScreen {
  readonly work: string;
  readonly sinceMs: number;
  /** Whether its notebook was put away before the work was kept. */
  readonly closed?: boolean;
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
  const closed = open.find(([, each]) => each.closed === true)?.[0];
  if (closed !== undefined && late.includes(closed) && answers) {
    return { kind: 'unsaved', text: `Not saved: ${closed} was closed before its last changes arrived. Open it and look.` };
  }
  const told = late.map(path => keptOf(heard, path)?.problem ?? '').find(problem => problem !== '');
  return { kind: 'unsaved', text: `Not saved: ${late.join(', ')}. ${answers ? (told ?? NOT_ARRIVED) : NO_ANSWER}` };
}

export function keptOf(heard: Heard, path: string): SavedNotebook | undefined {
  return heard.find(each => each.path === path);
}

/** What is on the screen, tab by tab: a notebook may be open twice, be put away, and come back. */
export class Screens {
  readonly #open = new Map<object, OnScreen & { path: string }>();
  readonly #closed = new Map<string, OnScreen>();

  /** Note a tab's work; whether it is other than before. */
  see(tab: object, path: string, work: string, heard: Heard, nowMs: number): boolean {
    // What stands in the tab now is the truth, whatever was lost before.
    this.#closed.delete(path);
    const before = this.#open.get(tab);
    if (before?.work === work && before.path === path) {
      return false;
    }
    // Who goes on typing is not to wait longer for the word that nothing arrives.
    const waits = before !== undefined && before.work !== keptOf(heard, before.path)?.work_sha256;
    this.#open.set(tab, { path, work, sinceMs: waits ? before.sinceMs : nowMs });
    return true;
  }

  /** A tab was closed: where its work is not known to be kept, that stays to be said. */
  close(tab: object, heard: Heard): void {
    const last = this.#open.get(tab);
    this.#open.delete(tab);
    const elsewhere = [...this.#open.values()].some(each => each.path === last?.path);
    if (last !== undefined && !elsewhere && last.work !== keptOf(heard, last.path)?.work_sha256) {
      this.#closed.set(last.path, { work: last.work, sinceMs: last.sinceMs, closed: true });
    }
  }

  /** Whoever goes on typing is late only when nothing at all arrives. */
  hear(before: Heard, now: Heard, nowMs: number): void {
    for (const [tab, screen] of this.#open) {
      const kept = keptOf(now, screen.path)?.work_sha256;
      if (kept !== keptOf(before, screen.path)?.work_sha256) {
        this.#open.set(tab, { ...screen, sinceMs: nowMs });
      }
    }
    for (const [path, { work }] of this.#closed) {
      if (keptOf(now, path)?.work_sha256 === work) {
        this.#closed.delete(path);
      }
    }
  }

  /** The work by notebook; of two tabs on one, that which is not kept. */
  byPath(heard: Heard, counts: (path: string) => boolean): ReadonlyMap<string, OnScreen> {
    const found = new Map([...this.#closed].filter(([path]) => counts(path)));
    for (const { path, ...screen } of this.#open.values()) {
      const other = found.get(path);
      if (counts(path) && (other === undefined || other.work === keptOf(heard, path)?.work_sha256)) {
        found.set(path, screen);
      }
    }
    return found;
  }
}
