/** The clock: the server's time decides, and the panel speaks only when it must. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clockOffsetMs, countdown, steadyUrgency, urgencyOf, warningOf, type Shown } from '../src/clock.ts';

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
  assert.equal(warningOf('calm'), null);
});

for (const urgency of ['ten', 'five', 'one', 'over'] as const) {
  test(`${urgency} is said in words and with an icon`, () => {
    const warning = warningOf(urgency);
    assert.ok(warning !== null && warning.text.length > 10 && warning.icon.length === 1);
  });
}

const END = '2026-11-20T12:40:00Z';

/** The urgencies that are begun while `lefts` go by: what a screen reader hears. */
function begun(lefts: readonly number[], endsAt: (index: number) => string = () => END): string[] {
  const heard: string[] = [];
  let shown: Shown | null = null;
  lefts.forEach((left, index) => {
    const next: Shown = steadyUrgency(shown, left * MINUTE_MS, endsAt(index));
    if (next.urgency !== shown?.urgency) {
      heard.push(next.urgency);
    }
    shown = next;
  });
  return heard;
}

test('each warning is given once on the way to the end', () => {
  const lefts = Array.from({ length: 120 }, (_, index) => 11.5 - index / 10);
  assert.deepEqual(begun(lefts), ['calm', 'ten', 'five', 'one', 'over']);
});

test('a clock that is measured anew does not give a warning twice', () => {
  assert.deepEqual(begun([10.001, 9.999, 10.002, 9.998, 5.001, 4.999, 5.0005, 4.99]), [
    'calm',
    'ten',
    'five'
  ]);
});

test('a page that is opened late gives the warning of that moment and no other', () => {
  assert.deepEqual(begun([3.2, 3.1]), ['five']);
});

test('an end that has moved makes the warnings new', () => {
  const moved = (index: number): string => (index < 2 ? END : '2026-11-20T12:50:00Z');
  assert.deepEqual(begun([5.5, 4.5, 14.4, 9.9], moved), ['ten', 'five', 'calm', 'ten']);
});
