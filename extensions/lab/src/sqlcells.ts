/** Decides that a cell which begins with `%%sql` is edited as PostgreSQL, and any other as Python. */

import type { CellModel } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

const POSTGRESQL = 'text/x-pgsql';
const MAGIC = /^%%sql\b/;

export function colourSqlCells(notebooks: INotebookTracker): void {
  const seen = new WeakSet<object>();
  const watch = (panel: NotebookPanel): void => {
    void panel.context.ready.then(() => {
      const { cells } = panel.context.model;
      const all = (): void => {
        for (let index = 0; index < cells.length; index += 1) {
          const cell = cells.get(index);
          if (cell.type === 'code' && !seen.has(cell)) {
            seen.add(cell);
            follow(cell, panel);
          }
        }
      };
      cells.changed.connect(all);
      all();
    });
  };
  notebooks.widgetAdded.connect((_, panel) => watch(panel));
  notebooks.forEach(watch);
}

function follow(cell: CellModel, panel: NotebookPanel): void {
  const colour = (): void => {
    if (cell.isDisposed || panel.isDisposed) {
      return;
    }
    const wanted = MAGIC.test(cell.sharedModel.source) ? POSTGRESQL : panel.content.codeMimetype;
    // JupyterLab sets every cell's language when the kernel has said its own: set it again.
    if (cell.mimeType !== wanted) {
      cell.mimeType = wanted;
    }
  };
  cell.contentChanged.connect(colour);
  cell.mimeTypeChanged.connect(colour);
  colour();
}
