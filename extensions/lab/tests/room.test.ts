/** The room: what news does to it, and when the console is asked again. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Brief, Submitted } from '../src/panel.gen.ts';
import { EMPTY_ROOM, hear, isBusy, leftMs, phaseOf, type Room } from '../src/room.ts';
import { nextAskMs } from '../src/watch.ts';

const NOW_MS = Date.parse('2026-11-20T12:00:00Z');
const BRIEF: Brief = {
  interview: 'i',
  state: 'open',
  now: '2026-11-20T12:00:00Z',
  ends_at: '2026-11-20T12:40:00Z',
  minutes: 45,
  paused_by: null,
  credits: [],
  questions: [],
  disclosure: { recorded: [], ai: [] },
  put_back: ''
};
const SUBMITTED: Submitted = { submitted_at: BRIEF.now, receipts: [], receipt_url: '/r' };

function roomWith(state: Brief['state'] = 'open', ends_at = BRIEF.ends_at): Room {
  return hear(EMPTY_ROOM, { kind: 'brief', brief: { ...BRIEF, state, ends_at }, offsetMs: 0 });
}

test('a room begins waiting', () => {
  assert.equal(phaseOf(EMPTY_ROOM), 'waiting');
  assert.equal(leftMs(EMPTY_ROOM, NOW_MS), null);
});

test('time left follows the server when the browser is an hour ahead', () => {
  const room = hear(EMPTY_ROOM, { kind: 'brief', brief: BRIEF, offsetMs: -3_600_000 });
  assert.equal(leftMs(room, NOW_MS + 3_600_000), 40 * 60_000);
});

test('an unreachable console leaves brief and clock as they were', () => {
  const room = hear(roomWith(), { kind: 'unreachable' });
  assert.equal(room.link, 'offline');
  assert.equal(leftMs(room, NOW_MS), 40 * 60_000);
});

test('a failed submit stays on display when the next brief arrives', () => {
  const failed = hear(roomWith(), { kind: 'submit-failed', problem: 'no' });
  const later = hear(failed, { kind: 'brief', brief: BRIEF, offsetMs: 0 });
  assert.equal(later.problem, 'no');
  assert.equal(hear(later, { kind: 'saving' }).problem, '');
});

test('a room is busy while beginning, saving and sending only', () => {
  const saving = hear(roomWith(), { kind: 'saving' });
  assert.ok(isBusy(saving));
  assert.ok(isBusy(hear(roomWith('practice'), { kind: 'beginning' })));
  assert.ok(isBusy(hear(saving, { kind: 'sending' })));
  assert.ok(!isBusy(hear(saving, { kind: 'submit-failed', problem: 'no' })));
});

test('a receipt makes the room submitted before the next brief says so', () => {
  assert.equal(phaseOf(hear(roomWith(), { kind: 'submitted', submitted: SUBMITTED })), 'submitted');
});

test('an open room asks every half minute', () => {
  assert.equal(nextAskMs(roomWith(), NOW_MS), 30_000);
});

test('a room asks just after its end, and then often until the console has spoken', () => {
  const room = roomWith('open', '2026-11-20T12:00:10Z');
  assert.equal(nextAskMs(room, NOW_MS), 10_500);
  assert.equal(nextAskMs(room, NOW_MS + 10_500), 5000);
});

test('a room without connection asks often', () => {
  assert.equal(nextAskMs(hear(roomWith(), { kind: 'unreachable' }), NOW_MS), 5000);
});

test('a room whose time is being lost asks often, and knows the end that moves along', () => {
  const paused: Brief = { ...BRIEF, paused_by: 'room', ends_at: '2026-11-20T12:42:00Z' };
  const room = hear(roomWith(), { kind: 'brief', brief: paused, offsetMs: 0 });
  assert.equal(nextAskMs(room, NOW_MS), 5000);
  assert.equal(leftMs(room, NOW_MS), 42 * 60_000);
});

test('nothing more is asked when the interview is over or the token is', () => {
  assert.equal(nextAskMs(roomWith('expired'), NOW_MS), null);
  assert.equal(nextAskMs(roomWith('submitted'), NOW_MS), null);
  assert.equal(nextAskMs(hear(roomWith(), { kind: 'refused', problem: 'over' }), NOW_MS), null);
});
