/** Rows in order, tables in a picture, and what the status line says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pictureOf, tableOf } from '../src/er.ts';
import type { DatabaseSchema, Grid } from '../src/room.gen.ts';
import { sortedRows } from '../src/sorting.ts';
import { EMPTY_DESK, EMPTY_ROOM, hear, sameDesk } from '../src/room.ts';
import { kernelText } from '../src/status.ts';

const GRID: Grid = {
  columns: [{ name: 'n', numeric: true }, { name: 't', numeric: false }],
  rows: [['10', 'b'], ['9', 'a'], [null, 'c'], ['-1.5', null]],
  total: 4
};

test('numbers are sorted as numbers, and NULL comes last in either direction', () => {
  assert.deepEqual(sortedRows(GRID, 0, 'ascending').map(each => each[0]), ['-1.5', '9', '10', null]);
  assert.deepEqual(sortedRows(GRID, 0, 'descending').map(each => each[0]), ['10', '9', '-1.5', null]);
  assert.deepEqual(sortedRows(GRID, 1, 'descending').map(each => each[1]), ['c', 'b', 'a', null]);
});

function table(name: string, references: readonly string[]): DatabaseSchema['tables'][number] {
  const columns = references.map((each, index) => ({
    name: `c${index}`,
    type: 'integer',
    nullable: false,
    primary: false,
    references: each
  }));
  return { name, view: false, rows: 0, columns, sample: { columns: [], rows: [], total: 0 } };
}

test('a table stands below those that it refers to', () => {
  const tables = [table('deliveries', ['orders.id']), table('orders', ['customers.id']), table('customers', [])];
  const { boxes, lines } = pictureOf({ tables, left_out: 0 });
  const y = (name: string): number => boxes.find(each => each.name === name)?.y ?? -1;
  assert.ok(y('customers') < y('orders') && y('orders') < y('deliveries'));
  assert.deepEqual(lines.map(each => `${each.from}-${each.to}`), ['deliveries-orders', 'orders-customers']);
});

test('circles of references and references to itself end', () => {
  const tables = [table('a', ['b.id']), table('b', ['a.id', 'b.id'])];
  assert.equal(pictureOf({ tables, left_out: 0 }).boxes.length, 2);
});

test('no two boxes of a picture lie on each other', () => {
  const tables = 'abcdefg'.split('').map(name => table(name, []));
  const { boxes, width } = pictureOf({ tables, left_out: 0 });
  for (const one of boxes) {
    assert.ok(one.x >= 0 && one.x + one.width <= width);
    for (const other of boxes.filter(each => each !== one)) {
      const apart = one.x + one.width <= other.x || other.x + other.width <= one.x;
      assert.ok(apart || one.y + one.height <= other.y || other.y + other.height <= one.y);
    }
  }
});

test('the table of a reference may have a schema in front of it', () => {
  assert.equal(tableOf('own.orders.order_id'), 'own.orders');
});

test('the status line says that a cell waits, and nothing once the kernel answers', () => {
  const starting = { ...EMPTY_DESK, kernel: 'starting' as const };
  assert.match(kernelText(starting), /getting ready/);
  assert.match(kernelText({ ...starting, waiting: 2 }), /Your 2 cells run when it is/);
  assert.equal(kernelText({ ...starting, kernel: 'ready', waiting: 0 }), '');
});

test('news of the desk changes the desk alone', () => {
  const desk = { ...EMPTY_DESK, checks: 3 };
  assert.deepEqual(hear(EMPTY_ROOM, { kind: 'desk', desk }), { ...EMPTY_ROOM, desk });
  assert.ok(sameDesk(desk, { ...desk }) && !sameDesk(desk, EMPTY_DESK));
});
