import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';

import type { SavedNotebook } from '../src/panel.gen.ts';
import { judge, workOf, type OnScreen } from '../src/saved.ts';
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
