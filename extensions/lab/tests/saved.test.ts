import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import type { SavedNotebook } from '../src/panel.gen.ts';
import { judge, Screens, workOf, type OnScreen } from '../src/saved.ts';
import { sha256 } from '../src/sha256.ts';

const PATH = '1_a.ipynb';
const WORK = workOf([['code', 'x = 1']]);
const NOW_MS = 1_000_000;

function screen(work = WORK, sinceMs = NOW_MS): Map<string, OnScreen> {
  return new Map([[PATH, { work, sinceMs }]]);
}

function kept(work_sha256: string | null, problem = ''): SavedNotebook[] {
  return [{ path: PATH, work_sha256, at: null, problem }];
}

test('the hash is the one that everybody else computes', () => {
  for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 1000, 70_001]) {
    const text = 'ä€𝒳a'.repeat(size).slice(0, size);
    assert.equal(sha256(text), createHash('sha256').update(text).digest('hex'), String(size));
  }
});

test('work is hashed as the console does', () => {
  // The figure of tests/unit/console_domain/test_recording.py.
  assert.equal(
    workOf([['markdown', 'ä "quoted"\n'], ['code', 'x\t= 1\u2028\u0007\\']]),
    '6e7dab4b53ef7a90a4a6a8a1004d0e3325835def4d2ff1f31dfbc9ea39cbe5fc'
  );
});

test('what is on the screen and was kept is saved, also while nobody answers', () => {
  assert.equal(judge(screen(), kept(WORK), true, NOW_MS).kind, 'saved');
  assert.equal(judge(screen(WORK, 0), kept(WORK), false, NOW_MS).kind, 'saved');
});

test('nothing is said before a notebook stands on the screen', () => {
  assert.equal(judge(new Map(), [], true, NOW_MS).text, '');
});

test('a change is being saved for a while, and then it is not saved, and why', () => {
  assert.equal(judge(screen(), kept(null), true, NOW_MS + 8000).kind, 'saving');
  const late = NOW_MS + 8001;
  const text = (heard: SavedNotebook[], answers: boolean) => judge(screen(), heard, answers, late).text;
  assert.match(text(kept(null), true), /^Not saved: 1_a\.ipynb\. Your last changes have not reached/);
  assert.match(text(kept(null, 'The recorder is away.'), true), /Not saved: 1_a\.ipynb\. The recorder is away/);
  assert.match(text(kept(null, 'The recorder is away.'), false), /interview server does not answer/);
});

const OTHER_PATH = '2_b.ipynb';
const all = (): boolean => true;

test('two tabs that are flipped between are judged each by its own work', () => {
  const screens = new Screens();
  const [a, b] = [{}, {}];
  const heard = [...kept(WORK), { path: OTHER_PATH, work_sha256: 'b0', at: null, problem: '' }];
  screens.see(a, PATH, WORK, heard, 0);
  screens.see(b, OTHER_PATH, 'b0', heard, 0);
  const kind = (nowMs: number) => judge(screens.byPath(heard, all), heard, true, nowMs);
  assert.equal(kind(0).kind, 'saved');
  screens.see(a, PATH, 'a1', heard, 1000);
  screens.see(b, OTHER_PATH, 'b1', heard, 5000);
  assert.equal(kind(5000).kind, 'saving');
  assert.match(kind(9001).text, /^Not saved: 1_a\.ipynb\. /);
  assert.match(kind(13_001).text, /^Not saved: 1_a\.ipynb, 2_b\.ipynb\. /);
  const after = [{ ...heard[0]!, work_sha256: 'a1' }, heard[1]!];
  screens.hear(heard, after, 13_002);
  assert.match(judge(screens.byPath(after, all), after, true, 13_002).text, /^Not saved: 2_b\.ipynb\. /);
});

test('who goes on typing is late only when nothing at all arrives', () => {
  const screens = new Screens();
  const tab = {};
  let heard = kept('w0');
  screens.see(tab, PATH, 'w0', heard, 0);
  for (let at = 1; at <= 20; at += 1) {
    screens.see(tab, PATH, `w${at}`, heard, at * 1000);
    const now = kept(`w${at - 1}`);
    screens.hear(heard, now, at * 1000);
    heard = now;
    assert.equal(judge(screens.byPath(heard, all), heard, true, at * 1000).kind, 'saving');
  }
});

test('a notebook that was closed before its changes arrived is not forgotten', () => {
  const screens = new Screens();
  const tab = {};
  const heard = kept(WORK);
  screens.see(tab, PATH, 'more', heard, 0);
  screens.close(tab, heard);
  const said = (now: SavedNotebook[], nowMs: number) => judge(screens.byPath(now, all), now, true, nowMs);
  assert.equal(said(heard, 100).kind, 'saving');
  assert.match(said(heard, 8001).text, /1_a\.ipynb was closed before its last changes arrived/);
  const arrived = kept('more');
  screens.hear(heard, arrived, 9000);
  assert.equal(said(arrived, 9000).kind, 'saving');
  assert.equal(said(arrived, 9000).text, '');
});

test('a notebook that is opened again is judged by what it shows then', () => {
  const screens = new Screens();
  const heard = kept(WORK);
  const first = {};
  screens.see(first, PATH, 'lost', heard, 0);
  screens.close(first, heard);
  screens.see({}, PATH, WORK, heard, 20_000);
  assert.equal(judge(screens.byPath(heard, all), heard, true, 20_000).kind, 'saved');
});

test('a second tab on a notebook that is closed takes nothing with it', () => {
  const screens = new Screens();
  const heard = kept(WORK);
  const [first, second] = [{}, {}];
  screens.see(first, PATH, 'more', heard, 0);
  screens.see(second, PATH, 'more', heard, 0);
  screens.close(first, heard);
  assert.match(judge(screens.byPath(heard, all), heard, true, 9000).text, /^Not saved: 1_a\.ipynb\. Your last/);
});

test('what does not count is not waited for', () => {
  const screens = new Screens();
  screens.see({}, 'scratch.ipynb', 'x', [], 0);
  assert.equal(screens.byPath([], path => path === PATH).size, 0);
});
