/** Decides in which order rows stand when a column is asked for: numbers as numbers, NULL last. */

import type { Grid } from './room.gen.ts';

export type Direction = 'ascending' | 'descending';
type Row = Grid['rows'][number];

export function sortedRows(grid: Grid, column: number, direction: Direction): Row[] {
  const numeric = grid.columns[column]?.numeric === true;
  const sign = direction === 'ascending' ? 1 : -1;
  const compare = (one: string, other: string): number =>
    numeric ? Number(one) - Number(other) : one < other ? -1 : Number(one > other);
  return [...grid.rows].sort((one, other) => {
    const [left, right] = [one[column] ?? null, other[column] ?? null];
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null);
    }
    return sign * compare(left, right);
  });
}
