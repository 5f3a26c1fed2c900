/** A disk that is full: what the candidate reads, and for how long. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Space } from '../src/room.gen.ts';
import { followSpace, spaceText } from '../src/space.ts';

test('nothing is said while there is space', () => {
  assert.equal(spaceText({ size_mib: 512, full: false }), '');
});

test('a full disk is named with its size, with what is kept and what is not', () => {
  const text = spaceText({ size_mib: 512, full: true });
  assert.match(text, /is full \(512 MiB\)/);
  assert.match(text, /will be handed in\. Not kept: files that your code writes/);
});

test('a room that does not answer changes nothing, and is asked again', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  Object.assign(globalThis, { window: globalThis });
  const answers: (Space | null)[] = [{ size_mib: 9, full: true }, null, { size_mib: 9, full: false }];
  const told: string[] = [];
  followSpace(
    () => Promise.resolve(answers.shift() ?? null),
    text => told.push(text)
  );
  for (const wait of [0, 3000, 10_000]) {
    context.mock.timers.tick(wait);
    await new Promise(resolve => setImmediate(resolve));
  }
  assert.deepEqual(
    told.map(text => text !== ''),
    [true, false]
  );
});
