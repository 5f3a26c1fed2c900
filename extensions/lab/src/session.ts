/** Decides what the panel asks of its own server half: where the console is, what the database and the room hold. */

import { ServerConnection, type ServerSettings } from '@jupyterlab/services';

import { ConsoleError, type Session } from './console.ts';
import type { DatabaseSchema, Packages, Space } from './room.gen.ts';

const NO_INTERVIEW = 'This JupyterLab is not part of an interview.';
const NO_SERVER = 'Your notebook server does not answer.';

/** Be let in again by a server that was started anew: by the hub, as a page would be. */
export async function enterAgain(settings: ServerSettings): Promise<void> {
  const asked = await ServerConnection.makeRequest(`${settings.baseUrl}viva/session`, {}, settings).catch(() => null);
  if (asked?.status !== 403) {
    return;
  }
  const init: RequestInit = { credentials: 'same-origin', cache: 'no-store', redirect: 'follow' };
  await fetch(`${settings.baseUrl}viva/enter`, init).catch(() => undefined);
}

export async function fetchSession(settings: ServerSettings): Promise<Session> {
  let response: Response;
  try {
    const url = `${settings.baseUrl}viva/session`;
    response = await ServerConnection.makeRequest(url, { cache: 'no-store' }, settings);
  } catch {
    throw new ConsoleError('unreachable', NO_SERVER);
  }
  if (response.status === 404) {
    throw new ConsoleError('refused', NO_INTERVIEW);
  }
  if (!response.ok) {
    throw new ConsoleError('unreachable', NO_SERVER);
  }
  return (await response.json()) as Session;
}

/** The database as it is now, or one line that says why there is nothing to see. */
export async function fetchSchema(settings: ServerSettings): Promise<DatabaseSchema | string> {
  return ask<DatabaseSchema>(settings, 'schema', 'This interview has no database.');
}

/** What can be imported in this room, or one line that says why it is not known. */
export async function fetchPackages(settings: ServerSettings): Promise<Packages | string> {
  return ask<Packages>(settings, 'packages', NO_SERVER);
}

/** How full the room's disk is; null where the server does not say. */
export async function fetchSpace(settings: ServerSettings): Promise<Space | null> {
  const found = await ask<Space>(settings, 'space', NO_SERVER);
  return typeof found === 'string' ? null : found;
}

async function ask<T>(settings: ServerSettings, what: string, missing: string): Promise<T | string> {
  try {
    const url = `${settings.baseUrl}viva/${what}`;
    const response = await ServerConnection.makeRequest(url, { cache: 'no-store' }, settings);
    if (response.ok) {
      return (await response.json()) as T;
    }
    return response.status === 404 ? missing : 'There is no answer at the moment. Try again.';
  } catch {
    return NO_SERVER;
  }
}
