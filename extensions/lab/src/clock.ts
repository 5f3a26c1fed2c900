/** Decides what time it is for the interview: the server's clock, whatever the browser's says. */

/** How much of the interview is left, in the words that the panel uses. */
export type Urgency = 'calm' | 'ten' | 'five' | 'one' | 'over';

export interface Countdown {
  urgency: Urgency;
  /** What stands beside the clock, such as `38 min` or `4:05`. */
  text: string;
  /** What a screen reader is told, once, when the urgency changes; empty while calm. */
  notice: string;
}

const NOTICES: Readonly<Record<Urgency, string>> = {
  calm: '',
  ten: 'Less than ten minutes left.',
  five: 'Less than five minutes left.',
  one: 'Less than a minute left. Submit when you are ready.',
  over: 'Time is up.'
};

/**
 * Milliseconds to add to the browser's clock to get the server's.
 *
 * The answer was written somewhere between asking and hearing: the middle is the best guess, and
 * it is wrong by half the round trip at most.
 */
export function clockOffsetMs(serverNow: string, askedAtMs: number, heardAtMs: number): number {
  return Date.parse(serverNow) - (askedAtMs + heardAtMs) / 2;
}

export function urgencyOf(leftMs: number): Urgency {
  const minutes = leftMs / 60_000;
  if (minutes <= 0) {
    return 'over';
  }
  if (minutes <= 1) {
    return 'one';
  }
  if (minutes <= 5) {
    return 'five';
  }
  return minutes <= 10 ? 'ten' : 'calm';
}

/**
 * What to show for the time that is left.
 *
 * Whole minutes, rounded up, until five are left: a display that ticks makes people nervous.
 */
export function countdown(leftMs: number): Countdown {
  const urgency = urgencyOf(leftMs);
  const notice = NOTICES[urgency];
  if (urgency === 'over') {
    return { urgency, text: '0:00', notice };
  }
  const seconds = Math.ceil(leftMs / 1000);
  if (urgency === 'one' || urgency === 'five') {
    const rest = String(seconds % 60).padStart(2, '0');
    return { urgency, text: `${Math.floor(seconds / 60)}:${rest}`, notice };
  }
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const text = hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  return { urgency, text, notice };
}
