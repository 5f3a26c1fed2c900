/** Decides when the console is asked for news: every half minute, sooner when it matters. */

import { leftMs, phaseOf, type Room } from './room.ts';

const CALM_MS = 30_000;
const EAGER_MS = 5_000;
// The console ends the interview by its own clock: ask just after it must have done so.
const JUST_AFTER_MS = 500;

/**
 * Milliseconds until the next question to the console; null when there is nothing more to hear.
 *
 * Sooner than usual while the console is out of reach or time is being lost, and around the end of the interview.
 */
export function nextAskMs(room: Room, browserNowMs: number): number | null {
  const phase = phaseOf(room);
  if (phase === 'submitted' || phase === 'expired' || room.link === 'refused') {
    return null;
  }
  const left = leftMs(room, browserNowMs);
  const paused = room.brief !== null && room.brief.paused_by !== null;
  if (room.link !== 'online' || paused || left === null || left <= 0) {
    return EAGER_MS;
  }
  return Math.min(CALM_MS, left + JUST_AFTER_MS);
}
