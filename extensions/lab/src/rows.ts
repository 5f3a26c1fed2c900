/** Decides how rows of a query or a data frame are shown: a table that can be sorted, with its count. */

import type { DataModel, IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { ROWS_MIME, type Grid } from './room.gen.ts';
import { gridElement } from './views/grid.ts';

// Before pandas' own HTML, which stays in the notebook for readers without this page.
const RANK = 10;

class RowsWidget extends Widget {
  constructor() {
    super();
    this.addClass('viva-Rows');
  }

  renderModel(model: DataModel): Promise<void> {
    const grid = model.data[ROWS_MIME] as Grid;
    this.node.replaceChildren(gridElement(grid, { caption: countWords(grid), sortable: true }));
    return Promise.resolve();
  }
}

export function countWords({ rows, total, columns }: Grid): string {
  const shape = `${total.toLocaleString()} row${total === 1 ? '' : 's'}, ${columns.length} column${columns.length === 1 ? '' : 's'}`;
  return rows.length < total ? `${shape}. The first ${rows.length} are shown and sorted.` : shape;
}

export function showRows(rendermime: IRenderMimeRegistry): void {
  rendermime.addFactory({ safe: true, mimeTypes: [ROWS_MIME], createRenderer: () => new RowsWidget() }, RANK);
}
