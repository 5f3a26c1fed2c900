/** Decides how the panel learns where the console is: from its own server half, once. */

import { ServerConnection, type ServerSettings } from '@jupyterlab/services';

import { ConsoleError, type Session } from './console.ts';

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
