/** Decides how the candidate is told of time that was lost by our fault, and given back. */

import type { Brief, Credit } from './panel.gen.ts';

type LostBy = Credit['reason'];

const REASONS: Readonly<Record<LostBy, string>> = {
  room: 'your room had to be restarted. If a notebook does not answer, reload this page.',
  service: 'the interview service could not be reached.'
};

const PAUSES: Readonly<Record<LostBy, string>> = {
  room: 'Your room is being restarted. This is our fault: the time that it takes is added.',
  service: 'A part of the interview service is away. This is our fault: the time is added.'
};

/** One sentence for each reason, with all that was added for it. */
export function creditTexts(credits: readonly Credit[]): string[] {
  const reasons = [...new Set(credits.map(each => each.reason))];
  return reasons.map(reason => {
    const ofReason = credits.filter(each => each.reason === reason);
    const seconds = ofReason.reduce((sum, each) => sum + each.seconds, 0);
    return `${lengthOf(seconds)} added: ${REASONS[reason]}`;
  });
}

/** What is said while time is being lost; empty while none is. */
export function pauseText(pausedBy: Brief['paused_by']): string {
  return pausedBy === null ? '' : PAUSES[pausedBy];
}

/** Seconds below two minutes, whole minutes above: nobody reckons with seconds of a long while. */
function lengthOf(seconds: number): string {
  if (seconds < 120) {
    return seconds === 1 ? '1 second was' : `${seconds} seconds were`;
  }
  return `${Math.floor((seconds + 30) / 60)} minutes were`;
}
