/** Decides what the room knows and how news changes it; no browser, no network. */

import type { Brief, Submitted } from './panel.gen.ts';
import type { SavedState } from './saved.ts';

/** How the console was reached last. `refused` ends the asking: only a new page helps. */
export type Link = 'connecting' | 'online' | 'offline' | 'refused';

/** How far a submit has come; or, before the clock, the beginning. */
export type Submitting = 'idle' | 'beginning' | 'saving' | 'sending' | 'failed';

/** What this page itself knows of the notebook in front. */
export interface Desktop {
  /** Whether what was changed is kept by the interview service. */
  readonly saved: SavedState;
  /** How often Check was used in it; null while none is open. */
  readonly checks: number | null;
  readonly kernel: 'absent' | 'starting' | 'ready';
  /** Cells that are to run as soon as the kernel answers. */
  readonly waiting: number;
}

export interface Room {
  readonly link: Link;
  readonly brief: Brief | null;
  /** Add it to the browser's clock to get the server's. */
  readonly offsetMs: number;
  readonly submitting: Submitting;
  readonly submitted: Submitted | null;
  /** What went wrong last, in plain words; empty when nothing did. */
  readonly problem: string;
  /** Path of the notebook in front. */
  readonly current: string;
  readonly desk: Desktop;
}

export type News =
  | { kind: 'brief'; brief: Brief; offsetMs: number }
  | { kind: 'unreachable' }
  | { kind: 'refused'; problem: string }
  | { kind: 'current'; path: string }
  | { kind: 'desk'; desk: Desktop }
  | { kind: 'beginning' }
  | { kind: 'saving' }
  | { kind: 'sending' }
  | { kind: 'submit-failed'; problem: string }
  | { kind: 'submitted'; submitted: Submitted };

export type Phase = 'waiting' | 'practice' | 'open' | 'submitted' | 'expired';

export const NOTHING_TO_SAVE: SavedState = { kind: 'saved', text: '' };

export const EMPTY_DESK: Desktop = { saved: NOTHING_TO_SAVE, checks: null, kernel: 'absent', waiting: 0 };

export const EMPTY_ROOM: Room = {
  link: 'connecting',
  brief: null,
  offsetMs: 0,
  submitting: 'idle',
  submitted: null,
  problem: '',
  current: '',
  desk: EMPTY_DESK
};

export function hear(room: Room, news: News): Room {
  switch (news.kind) {
    case 'brief':
      return hearBrief(room, news.brief, news.offsetMs);
    case 'unreachable':
      return { ...room, link: 'offline' };
    case 'refused':
      return { ...room, link: 'refused', problem: news.problem };
    case 'current':
      return { ...room, current: news.path };
    case 'desk':
      return { ...room, desk: news.desk };
    case 'beginning':
      return { ...room, submitting: 'beginning', problem: '' };
    case 'saving':
      return { ...room, submitting: 'saving', problem: '' };
    case 'sending':
      return { ...room, submitting: 'sending', problem: '' };
    case 'submit-failed':
      return { ...room, submitting: 'failed', problem: news.problem };
    case 'submitted':
      return { ...room, submitting: 'idle', problem: '', submitted: news.submitted };
  }
}

function hearBrief(room: Room, brief: Brief, offsetMs: number): Room {
  // A problem with the link is over once the console answers; a failed submit stays on display.
  const problem = room.submitting === 'failed' ? room.problem : '';
  return { ...room, link: 'online', brief, offsetMs, problem };
}

/** What the candidate may do now. A receipt decides, even before the next brief says so. */
export function phaseOf(room: Room): Phase {
  if (room.submitted !== null) {
    return 'submitted';
  }
  return room.brief?.state ?? 'waiting';
}

/** Whether two states of the desk would be shown alike. */
export function sameDesk(one: Desktop, other: Desktop): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

export function isBusy(room: Room): boolean {
  return ['beginning', 'saving', 'sending'].includes(room.submitting);
}

/** Milliseconds left at the browser's time `browserNowMs`; null before the first brief. */
export function leftMs(room: Room, browserNowMs: number): number | null {
  if (room.brief === null) {
    return null;
  }
  return Date.parse(room.brief.ends_at) - (browserNowMs + room.offsetMs);
}
