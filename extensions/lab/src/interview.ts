/** Decides the course of the interview in this page: ask, keep time, submit, and end. */

import { clockOffsetMs } from './clock.ts';
import { Console, ConsoleError, type Session } from './console.ts';
import type { Desk } from './desk.ts';
import type { Brief, Saved } from './panel.gen.ts';
import { EMPTY_ROOM, hear, isBusy, leftMs, phaseOf, sameDesk, type Desktop, type News, type Room } from './room.ts';
import { confirmBegin, confirmSubmit } from './views/confirm.ts';
import { nextAskMs } from './watch.ts';

// Often enough that a key press is soon followed by what became of it.
const LOOK_MS = 500;

// As the console names it: JupyterLab would bring it back beside the questions.
const PRACTICE_PATH = 'practice.ipynb';

const UNEXPECTED = 'Something went wrong in this page. Please try again.';

export interface InterviewParts {
  desk: Desk;
  /** What is to be said of the notebook in front now. */
  desktop: () => Desktop;
  fetchSession: () => Promise<Session>;
  display: (room: Room) => void;
  /** Go to the interview's first notebook, in a new page. */
  enter: (path: string) => void;
  /** Called once, when everything has been handed in or nothing can be. */
  finish: (room: Room) => void;
}

export class Interview {
  readonly #parts: InterviewParts;
  #room: Room = EMPTY_ROOM;
  #console: Console | null = null;
  #timer: number | undefined;
  #asking = false;
  #savedAtEnd = false;

  constructor(parts: InterviewParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { desk } = this.#parts;
    desk.watchCurrent(path => {
      this.#hear({ kind: 'current', path });
      // What is said of the other notebook must not stand beside this one, not even for a moment.
      this.look();
    });
    const ask = (): void => void this.ask();
    window.setInterval(() => this.look(), LOOK_MS);
    window.addEventListener('focus', ask);
    window.addEventListener('online', ask);
    await this.ask();
    if (phaseOf(this.#room) === 'open') {
      await desk.dismiss(PRACTICE_PATH);
    }
    const first = this.#room.brief?.questions[0];
    const open = ['open', 'practice'].includes(phaseOf(this.#room));
    if (first !== undefined && open && desk.isEmpty) {
      desk.open(first.path);
    }
    if (phaseOf(this.#room) === 'expired' && desk.isEmpty) {
      this.#parts.finish(this.#room);
    }
  }

  /** See how the notebook in front stands. */
  look(): void {
    const desk = this.#parts.desktop();
    if (!sameDesk(desk, this.#room.desk)) {
      this.#hear({ kind: 'desk', desk });
    }
  }

  /** Ask the console for news, unless there is nothing more to hear or it is being asked. */
  async ask(): Promise<void> {
    if (this.#asking || nextAskMs(this.#room, Date.now()) === null) {
      return;
    }
    this.#asking = true;
    window.clearTimeout(this.#timer);
    try {
      await this.#askOnce();
    } finally {
      this.#asking = false;
    }
    const waitMs = nextAskMs(this.#room, Date.now());
    if (waitMs !== null) {
      this.#timer = window.setTimeout(() => void this.ask(), waitMs);
    }
  }

  /** Confirm, save every notebook, hand in. */
  async submit(): Promise<void> {
    const { brief } = this.#room;
    if (isBusy(this.#room) || brief === null) {
      return;
    }
    const { desk } = this.#parts;
    if (!(await confirmSubmit(brief.questions, path => desk.stateOf(path)))) {
      return;
    }
    this.#hear({ kind: 'saving' });
    const unsaved = await desk.saveAll();
    // What is recorded is what is handed in, also where the room's disk is full and no file is written.
    if (unsaved.length > 0 && this.#parts.desktop().saved.kind !== 'saved') {
      const problem = `Could not save ${unsaved.join(', ')}. Nothing was submitted.`;
      this.#hear({ kind: 'submit-failed', problem });
      return;
    }
    await this.#send();
  }

  /** Confirm, end practice, and enter: the clock starts with the console's answer. */
  async begin(): Promise<void> {
    if (this.#console === null || isBusy(this.#room) || !(await confirmBegin())) {
      return;
    }
    this.#hear({ kind: 'beginning' });
    try {
      const { questions } = await this.#console.begin();
      await this.#parts.desk.dismiss(PRACTICE_PATH);
      this.#parts.enter(questions[0]?.path ?? '');
    } catch (error) {
      this.#hear({ kind: 'submit-failed', problem: asConsoleError(error).message });
    }
  }

  get brief(): Brief | null {
    return this.#room.brief;
  }

  /** Ask what of the notebooks is kept. */
  async saved(): Promise<Saved> {
    return (await this.#connected()).saved();
  }

  receiptUrl(room: Room): string | null {
    return room.submitted === null ? null : (this.#console?.receiptUrl(room.submitted) ?? null);
  }

  async #connected(): Promise<Console> {
    this.#console ??= new Console(await this.#parts.fetchSession(), (url, init) => fetch(url, init));
    return this.#console;
  }

  async #askOnce(): Promise<void> {
    try {
      const console = await this.#connected();
      const askedAtMs = Date.now();
      const brief = await console.brief();
      this.#hear({ kind: 'brief', brief, offsetMs: clockOffsetMs(brief.now, askedAtMs, Date.now()) });
    } catch (error) {
      const { kind, message } = asConsoleError(error);
      this.#hear(kind === 'refused' ? { kind, problem: message } : { kind: 'unreachable' });
      return;
    }
    await this.#followState();
  }

  /** Do what the console's state asks for, whoever brought it about. */
  async #followState(): Promise<void> {
    const { desk } = this.#parts;
    const state = this.#room.brief?.state;
    const left = leftMs(this.#room, Date.now());
    if (state === 'practice') {
      // Practice is not kept; what was open for it must not come back with the interview.
      if (left !== null && left <= 0 && !this.#savedAtEnd) {
        this.#savedAtEnd = true;
        await desk.clear();
      }
      return;
    }
    if (state === 'submitted' && this.#room.submitted === null && !isBusy(this.#room)) {
      // Submitted from another page: the console repeats the receipts.
      await this.#send();
    } else if (state !== 'submitted' && left !== null && left <= 0 && !this.#savedAtEnd) {
      this.#savedAtEnd = true;
      await desk.saveAll();
    }
    if (state === 'expired') {
      desk.stopAutosave();
    }
  }

  async #send(): Promise<void> {
    if (this.#console === null) {
      return;
    }
    this.#hear({ kind: 'sending' });
    try {
      this.#hear({ kind: 'submitted', submitted: await this.#console.submit() });
    } catch (error) {
      this.#hear({ kind: 'submit-failed', problem: asConsoleError(error).message });
      return;
    }
    window.clearTimeout(this.#timer);
    await this.#parts.desk.clear();
    this.#parts.finish(this.#room);
  }

  #hear(news: News): void {
    this.#room = hear(this.#room, news);
    this.#parts.display(this.#room);
  }
}

function asConsoleError(error: unknown): ConsoleError {
  if (error instanceof ConsoleError) {
    return error;
  }
  console.error(error);
  return new ConsoleError('failed', UNEXPECTED);
}
