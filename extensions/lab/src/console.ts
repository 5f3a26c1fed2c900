/** Decides how the panel speaks to the console, and what a failure is called in plain words. */

import type { Brief, Problem, Saved, Submitted } from './panel.gen.ts';

/** Where the console is, and the token that speaks for this room. */
export interface Session {
  console_path: string;
  token: string;
}

/** A request that brought no answer to use; its message is fit to show. */
export class ConsoleError extends Error {
  /** `unreachable`: try again. `refused`: this page's token is over. `failed`: the console says why. */
  readonly kind: 'unreachable' | 'refused' | 'failed';

  constructor(kind: 'unreachable' | 'refused' | 'failed', message: string) {
    super(message);
    this.name = 'ConsoleError';
    this.kind = kind;
  }
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const BRIEF_TIMEOUT_MS = 10_000;
// The console collects and hashes every notebook before it answers.
const SUBMIT_TIMEOUT_MS = 90_000;

const UNREACHABLE = 'The interview server does not answer. Check your connection.';
const REFUSED = 'This page is no longer connected to your interview. Open your invite link again.';
const FAILED = 'The interview server could not do that. Please try again.';

export class Console {
  readonly #session: Session;
  readonly #fetch: Fetch;

  constructor(session: Session, fetchLike: Fetch) {
    this.#session = session;
    this.#fetch = fetchLike;
  }

  brief(): Promise<Brief> {
    return this.#ask<Brief>('brief', { method: 'GET' }, BRIEF_TIMEOUT_MS);
  }

  /** End practice: the questions are put in place and the clock starts. Repeating it is harmless. */
  begin(): Promise<Brief> {
    const headers = { 'Content-Type': 'application/json' };
    return this.#ask<Brief>('begin', { method: 'POST', body: '{}', headers }, BRIEF_TIMEOUT_MS);
  }

  /** What of every notebook has arrived and is kept. */
  saved(): Promise<Saved> {
    return this.#ask<Saved>('saved', { method: 'GET' }, BRIEF_TIMEOUT_MS);
  }

  /** Submit every question. Repeating it is harmless: the console answers with the same receipts. */
  submit(): Promise<Submitted> {
    const headers = { 'Content-Type': 'application/json' };
    return this.#ask<Submitted>('submit', { method: 'POST', body: '{}', headers }, SUBMIT_TIMEOUT_MS);
  }

  /** The receipt's address, or null if it is anything but a web page. */
  receiptUrl(submitted: Submitted): string | null {
    const base = new URL(this.#session.console_path, globalThis.location.href);
    const url = new URL(submitted.receipt_url, base);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  }

  async #ask<T>(verb: string, init: RequestInit, timeoutMs: number): Promise<T> {
    let response: Response;
    try {
      response = await this.#fetch(`${this.#session.console_path}/panel/v1/${verb}`, {
        ...init,
        headers: { ...init.headers, Authorization: `Bearer ${this.#session.token}` },
        // The token alone speaks for the room: no cookie of the candidate's or of staff goes along.
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(timeoutMs)
      });
    } catch {
      throw new ConsoleError('unreachable', UNREACHABLE);
    }
    if (response.ok) {
      return readJson<T>(response);
    }
    throw await refusal(response);
  }
}

async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T;
  } catch {
    throw new ConsoleError('unreachable', UNREACHABLE);
  }
}

async function refusal(response: Response): Promise<ConsoleError> {
  const message = await plainMessage(response);
  if (response.status === 401 || response.status === 403) {
    return new ConsoleError('refused', message ?? REFUSED);
  }
  // A proxy answers without words of ours while the console restarts: a pause, not an answer.
  if (message === null && response.status >= 502 && response.status <= 504) {
    return new ConsoleError('unreachable', UNREACHABLE);
  }
  return new ConsoleError('failed', message ?? FAILED);
}

async function plainMessage(response: Response): Promise<string | null> {
  try {
    const { message } = (await response.json()) as Partial<Problem>;
    return typeof message === 'string' && message !== '' ? message : null;
  } catch {
    return null;
  }
}
