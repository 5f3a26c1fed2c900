/** Decides what becomes of Shift+Enter while there is no kernel: it is kept, said, and done when it can be. */

import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';

import { isReady, isThere, readyKernel } from './cellruns.ts';

const NOT_RUN = 'No kernel came, so what you ran did not run. Reload this page, then run it again.';

/** JupyterLab itself takes a run without a kernel for none at all, and says nothing. */
export class EagerRuns {
  readonly #notebooks: INotebookTracker;
  readonly #tell: (waiting: number) => void;
  readonly #complain: (text: string) => void;
  readonly #waiting = new Map<NotebookPanel, Set<string>>();
  // Once there was a kernel, the room's server runs cells, whatever its state, until it is gone itself.
  readonly #started = new WeakSet<NotebookPanel>();

  /** `tell` hears how many cells wait, `complain` why some did not run. */
  constructor(notebooks: INotebookTracker, tell: (waiting: number) => void, complain: (text: string) => void) {
    this.#notebooks = notebooks;
    this.#tell = tell;
    this.#complain = complain;
  }

  start(): void {
    this.#notebooks.forEach(panel => this.#follow(panel));
    this.#notebooks.widgetAdded.connect((_, panel) => this.#follow(panel));
    document.addEventListener('keydown', event => this.#onKey(event), { capture: true });
    document.addEventListener('click', event => this.#onClick(event), { capture: true });
  }

  #follow(panel: NotebookPanel): void {
    const { sessionContext } = panel.context;
    const look = (): void => {
      if (isReady(sessionContext.session?.kernel ?? null)) {
        this.#started.add(panel);
      }
    };
    sessionContext.statusChanged.connect(look);
    look();
  }

  #onKey(event: KeyboardEvent): void {
    const runs = event.key === 'Enter' && (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey);
    if (runs && this.#keep(event.target)) {
      // JupyterLab goes on to the next cell by itself only with a kernel: do neither twice.
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  #onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('.jp-NotebookPanel-toolbar [data-jp-item-name="run"]') && this.#keep(target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }

  /** Keep the active cell for later; whether there was a reason to. */
  #keep(target: EventTarget | null): boolean {
    const panel = this.#notebooks.currentWidget;
    const inside = panel !== null && target instanceof Node && panel.node.contains(target);
    const cell = panel?.content.activeCell;
    if (!inside || !cell || cell.model.type !== 'code') {
      return false;
    }
    const kernel = panel.context.sessionContext.session?.kernel ?? null;
    if (!this.#waiting.has(panel) && (this.#started.has(panel) ? isThere(kernel) : isReady(kernel))) {
      return false;
    }
    const kept = this.#waiting.get(panel);
    if (kept === undefined) {
      this.#waiting.set(panel, new Set([cell.model.id]));
      void this.#runWhenReady(panel);
    } else {
      kept.add(cell.model.id);
    }
    const { content } = panel;
    content.activeCellIndex = Math.min(content.activeCellIndex + 1, content.widgets.length - 1);
    this.#say();
    return true;
  }

  async #runWhenReady(panel: NotebookPanel): Promise<void> {
    const kernel = await readyKernel(panel, this.#started.has(panel) ? isThere : isReady);
    const ids = this.#waiting.get(panel) ?? new Set();
    this.#waiting.delete(panel);
    this.#say();
    if (panel.isDisposed) {
      return;
    }
    if (kernel === null) {
      this.#complain(NOT_RUN);
    } else {
      const cells = panel.content.widgets.filter(each => ids.has(each.model.id));
      await NotebookActions.runCells(panel.content, cells, panel.context.sessionContext);
    }
  }

  #say(): void {
    this.#tell([...this.#waiting.values()].reduce((sum, each) => sum + each.size, 0));
  }
}
