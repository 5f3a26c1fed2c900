/** Decides how rows are drawn as a table, and how its columns are sorted by mouse and keyboard. */

import type { Grid } from '../room.gen.ts';
import { sortedRows, type Direction } from '../sorting.ts';
import { element, setText } from './dom.ts';

interface Options {
  caption: string;
  sortable: boolean;
}

const ARROWS: Readonly<Record<Direction, string>> = { ascending: ' ▲', descending: ' ▼' };

export function gridElement(grid: Grid, { caption, sortable }: Options): HTMLElement {
  const body = element('tbody', '', grid.rows.map(row => rowElement(grid, row)));
  const heads = grid.columns.map(column =>
    element('th', column.numeric ? 'viva-Grid-number' : '', sortable ? [] : [column.name], { scope: 'col' })
  );
  if (sortable) {
    heads.forEach((head, index) => makeSortable(grid, heads, body, head, index));
  }
  const table = element('table', 'viva-Grid', [
    element('caption', '', [caption]),
    element('thead', '', [element('tr', '', heads)]),
    body
  ]);
  // Reached by keyboard, so that a wide table can be scrolled without a mouse.
  return element('div', 'viva-Grid-scroll', [table], { tabindex: '0', role: 'region', 'aria-label': caption });
}

function makeSortable(
  grid: Grid,
  heads: readonly HTMLElement[],
  body: HTMLElement,
  head: HTMLElement,
  index: number
): void {
  const name = grid.columns[index]?.name ?? '';
  const arrow = element('span', 'viva-Grid-arrow', [], { 'aria-hidden': 'true' });
  const sort = element('button', 'viva-Grid-sort', [name, arrow], { type: 'button', title: `Sort by ${name}` });
  head.append(sort);
  sort.addEventListener('click', () => {
    const direction: Direction = head.getAttribute('aria-sort') === 'ascending' ? 'descending' : 'ascending';
    for (const each of heads) {
      each.removeAttribute('aria-sort');
      each.querySelector('.viva-Grid-arrow')?.replaceChildren();
    }
    head.setAttribute('aria-sort', direction);
    setText(arrow, ARROWS[direction]);
    body.replaceChildren(...sortedRows(grid, index, direction).map(row => rowElement(grid, row)));
  });
}

function rowElement(grid: Grid, row: Grid['rows'][number]): HTMLElement {
  const cells = row.map((value, index) => {
    const numeric = grid.columns[index]?.numeric === true;
    const shown = value === null ? element('span', 'viva-Grid-null', ['NULL']) : value;
    return element('td', numeric ? 'viva-Grid-number' : '', [shown]);
  });
  return element('tr', '', cells);
}
