/** Checks: what is shown while somebody goes from one notebook to another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { NO_CHECK, shownBeside } from '../src/checking.ts';

const CHECKED = { part: 'Part A', reports: [], problem: '' };
const [FIRST, SECOND] = ['1_a.ipynb', '2_b.ipynb'];

test('a check that runs is said to be this notebook’s or the other’s', () => {
  const checking = { running: FIRST, last: null };
  assert.match(shownBeside(FIRST, checking).status, /^Running your cells/);
  assert.match(shownBeside(SECOND, checking).status, /other notebook/);
  assert.equal(shownBeside(FIRST, NO_CHECK).status, '');
});

test('what came of a check stands beside its own notebook only, also after going there and back', () => {
  const checking = { running: null, last: { path: FIRST, checked: CHECKED } };
  assert.equal(shownBeside(SECOND, checking).result, null);
  assert.equal(shownBeside(null, checking).result, null);
  assert.equal(shownBeside(FIRST, checking).result, CHECKED);
});

test('an older result does not stand beside a check that runs', () => {
  const checking = { running: FIRST, last: { path: FIRST, checked: CHECKED } };
  assert.equal(shownBeside(FIRST, checking).result, null);
});
