/** Decides how the panel learns where the console is: from its own server half, once. */

import { ServerConnection, type ServerSettings } from '@jupyterlab/services';

import { ConsoleError, type Session } from './console.ts';

const NO_INTERVIEW = 'This JupyterLab is not part of an interview.';
const NO_SERVER = 'Your notebook server does not answer.';

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
