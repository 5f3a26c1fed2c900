/** The console's address, and what its failures are called. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Console, ConsoleError } from '../src/console.ts';

const SESSION = { console_path: '/services/console', token: 't0' };

function answering(status: number, body: string): Console {
  return new Console(SESSION, () => Promise.resolve(new Response(body, { status })));
}

async function failureOf(asked: Promise<unknown>): Promise<ConsoleError> {
  const error: unknown = await asked.then(
    () => null,
    (reason: unknown) => reason
  );
  assert.ok(error instanceof ConsoleError);
  return error;
}

test('a request carries the token and no cookie', async () => {
  const seen: [string, RequestInit][] = [];
  const fetchLike = (url: string, init: RequestInit): Promise<Response> => {
    seen.push([url, init]);
    return Promise.resolve(new Response('{"state": "open"}'));
  };
  await new Console(SESSION, fetchLike).brief();
  const [[url, init]] = seen as [[string, RequestInit]];
  assert.equal(url, '/services/console/panel/v1/brief');
  assert.equal(init.credentials, 'omit');
  assert.equal((init.headers as Record<string, string>)['Authorization'], 'Bearer t0');
});

test('no answer is unreachable', async () => {
  const silent = new Console(SESSION, () => Promise.reject(new TypeError('network')));
  assert.equal((await failureOf(silent.brief())).kind, 'unreachable');
});

test('a page of a proxy is unreachable', async () => {
  const error = await failureOf(answering(503, '<h1>Service Unavailable</h1>').brief());
  assert.equal(error.kind, 'unreachable');
});

test('a page where JSON was promised is unreachable', async () => {
  assert.equal((await failureOf(answering(200, '<h1>Hub</h1>').brief())).kind, 'unreachable');
});

test('the console’s own words are shown', async () => {
  const body = '{"code": "submit.collect", "message": "Try again."}';
  const error = await failureOf(answering(503, body).submit());
  assert.deepEqual([error.kind, error.message], ['failed', 'Try again.']);
});

test('a refused token ends the asking', async () => {
  assert.equal((await failureOf(answering(401, '{}').brief())).kind, 'refused');
});
