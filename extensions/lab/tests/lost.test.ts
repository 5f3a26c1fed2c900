/** Lost time: what the candidate reads of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { creditTexts, pauseText } from '../src/lost.ts';
import type { Credit } from '../src/panel.gen.ts';

function credit(seconds: number, reason: Credit['reason'] = 'service'): Credit {
  return { seconds, reason, until: '2026-11-20T12:00:00Z' };
}

for (const [seconds, words] of [
  [1, '1 second was added'],
  [119, '119 seconds were added'],
  [120, '2 minutes were added'],
  [149, '2 minutes were added'],
  [150, '3 minutes were added']
] as const) {
  test(`${seconds} s read ${words}`, () => {
    assert.deepEqual(creditTexts([credit(seconds)]), [
      `${words}: the interview service could not be reached.`
    ]);
  });
}

test('what was added for one reason is added up, and each reason has its sentence', () => {
  const texts = creditTexts([credit(60, 'room'), credit(30), credit(90, 'room')]);
  assert.equal(texts.length, 2);
  assert.match(texts[0] ?? '', /^3 minutes were added: your room had to be restarted\./);
  assert.match(texts[1] ?? '', /^30 seconds were added: the interview service/);
});

test('nothing is said where nothing was lost', () => {
  assert.deepEqual(creditTexts([]), []);
  assert.equal(pauseText(null), '');
});

test('a loss that lasts is said with whose fault it is', () => {
  for (const reason of ['room', 'service'] as const) {
    assert.match(pauseText(reason), /our fault: the time/);
  }
});
