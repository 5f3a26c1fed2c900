/** The clock: the server's time decides, and the panel speaks only when it must. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clockOffsetMs, countdown, urgencyOf } from '../src/clock.ts';

const MINUTE_MS = 60_000;

test('the offset takes the middle between asking and hearing', () => {
  const server = '2026-11-20T12:00:10Z';
  const asked = Date.parse('2026-11-20T12:00:00Z');
  assert.equal(clockOffsetMs(server, asked, asked + 2000), 9000);
});

test('the offset of a browser that is ahead is negative', () => {
  const asked = Date.parse('2026-11-20T13:00:00Z');
  assert.equal(clockOffsetMs('2026-11-20T12:00:00Z', asked, asked), -3_600_000);
});

for (const [minutes, urgency] of [
  [10.01, 'calm'],
  [10, 'ten'],
  [5, 'five'],
  [1, 'one'],
  [0, 'over'],
  [-3, 'over']
] as const) {
  test(`${minutes} minutes left are ${urgency}`, () => {
    assert.equal(urgencyOf(minutes * MINUTE_MS), urgency);
  });
}

for (const [leftMs, text] of [
  [90 * MINUTE_MS, '1 h 30 min'],
  [38.2 * MINUTE_MS, '39 min'],
  [5 * MINUTE_MS + 1, '6 min'],
  [5 * MINUTE_MS, '5:00'],
  [65_400, '1:06'],
  [900, '0:01'],
  [-1, '0:00']
] as const) {
  test(`${leftMs} ms left read ${text}`, () => {
    assert.equal(countdown(leftMs).text, text);
  });
}

test('nothing is announced while there is time', () => {
  assert.equal(countdown(11 * MINUTE_MS).notice, '');
  assert.notEqual(countdown(9 * MINUTE_MS).notice, '');
});
