/** Decides what time it is for the interview: the server's clock, whatever the browser's says. */

/** How much of the interview is left, in the words that the panel uses. */
export type Urgency = 'calm' | 'ten' | 'five' | 'one' | 'over';

export interface Countdown {
  urgency: Urgency;
  /** What stands beside the clock, such as `38 min` or `4:05`. */
  text: string;
}

/** What is said once when an urgency begins: always words and an icon, never a colour alone. */
export interface Warning {
  icon: string;
  text: string;
}

const ORDER: readonly Urgency[] = ['calm', 'ten', 'five', 'one', 'over'];

const WARNINGS: Readonly<Record<Urgency, Warning | null>> = {
  calm: null,
  ten: { icon: '◷', text: 'Less than ten minutes left.' },
  five: { icon: '⚠', text: 'Less than five minutes left.' },
  one: { icon: '⚠', text: 'Less than a minute left. Submit when you are ready.' },
  over: { icon: '■', text: 'Your last saved work is being handed in.' }
};

export function warningOf(urgency: Urgency): Warning | null {
  return WARNINGS[urgency];
}

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

/** An urgency that is shown, and the end that it speaks of. */
export interface Shown {
  urgency: Urgency;
  endsAt: string;
}

/**
 * What to show after `shown`: never calmer while the end stands.
 *
 * The clocks' offset is measured anew with each answer and wrong by some milliseconds each time:
 * without this, a warning could come, go, and be spoken again. Where the end has moved, all is new.
 */
export function steadyUrgency(shown: Shown | null, leftMs: number, endsAt: string): Shown {
  const urgency = urgencyOf(leftMs);
  const kept = shown?.endsAt === endsAt && ORDER.indexOf(shown.urgency) > ORDER.indexOf(urgency);
  return kept ? shown : { urgency, endsAt };
}

/**
 * What to show for the time that is left.
 *
 * Whole minutes, rounded up, until five are left: a display that ticks makes people nervous.
 */
export function countdown(leftMs: number): Countdown {
  const urgency = urgencyOf(leftMs);
  if (urgency === 'over') {
    return { urgency, text: '0:00' };
  }
  const seconds = Math.ceil(leftMs / 1000);
  if (urgency === 'one' || urgency === 'five') {
    const rest = String(seconds % 60).padStart(2, '0');
    return { urgency, text: `${Math.floor(seconds / 60)}:${rest}` };
  }
  const minutes = Math.ceil(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const text = hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
  return { urgency, text };
}
