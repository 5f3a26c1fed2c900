/** Where parts begin and end, and what goes into the document when a field is typed in. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { editBetween, factsOf, INTRODUCTION, isEditable, partAround, partsOf } from '../src/parts.ts';

const given = { locked: true, grade: false, solution: false };
const answer = { locked: false, grade: false, solution: true };
const visible = { locked: true, grade: true, solution: false };
const written = { locked: false, grade: true, solution: true };

function cell(id: string, source: string, marks: unknown, type: 'code' | 'markdown' = 'code') {
  return factsOf({ id, type, source }, marks);
}

const CELLS = [
  cell('brief', '# Shop', given, 'markdown'),
  cell('sample', 'x = 1', given),
  cell('example', '### Worked example', given, 'markdown'),
  cell('task', '## 1. First', given, 'markdown'),
  cell('first', 'y = 2', answer),
  cell('own', 'z = 3', undefined),
  cell('test_first', 'assert y', visible),
  cell('more', 'A word without a heading.', given, 'markdown'),
  cell('test_more', 'assert z', visible),
  cell('task2', '## 2. In words', given, 'markdown'),
  cell('words', '## My own heading', written, 'markdown')
];

test('parts begin at the author’s headings, and at no one else’s', () => {
  const parts = partsOf(CELLS);
  assert.deepEqual(parts.map(each => each.title), [INTRODUCTION, '1. First', '2. In words']);
  assert.deepEqual(parts[1]?.tests.map(each => each.id), ['test_first', 'test_more']);
  assert.deepEqual(parts.map(each => each.hasAnswer), [false, true, true]);
});

test('a written answer is no test, although it is graded', () => {
  assert.deepEqual(partsOf(CELLS)[2]?.tests, []);
});

test('answers and own cells may be edited, the author’s may not', () => {
  const editable = CELLS.filter(isEditable).map(each => each.id);
  assert.deepEqual(editable, ['first', 'own', 'words']);
});

test('the part around a cell is found, also for a cell of the candidate’s own', () => {
  assert.equal(partAround(partsOf(CELLS), 'own')?.title, '1. First');
  assert.equal(partAround(partsOf(CELLS), 'unknown'), undefined);
});

test('a notebook without headings is one part', () => {
  assert.deepEqual(partsOf([cell('a', 'x', answer)]).map(each => each.title), [INTRODUCTION]);
  assert.deepEqual(partsOf([]), []);
});

test('an edit is no more than what was typed', () => {
  assert.equal(editBetween('same', 'same'), null);
  assert.deepEqual(editBetween('ab', 'axb'), { start: 1, end: 1, text: 'x' });
  assert.deepEqual(editBetween('aaa', 'aaaa'), { start: 3, end: 3, text: 'a' });
  assert.deepEqual(editBetween('hello', 'ho'), { start: 1, end: 4, text: '' });
});

test('every edit gives the new text', () => {
  const texts = ['', 'a', 'ab', 'ba', 'aba', 'abab', 'select 1', 'select 12'];
  for (const before of texts) {
    for (const after of texts) {
      const edit = editBetween(before, after) ?? { start: 0, end: 0, text: '' };
      assert.equal(before.slice(0, edit.start) + edit.text + before.slice(edit.end), after);
    }
  }
});
