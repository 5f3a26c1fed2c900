/** Decides what becomes of Shift+Enter while there is no kernel: it is kept, said, and done when it can be. */

import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import { isReady, isThere, readyKernel } from './cellruns.ts';

// A server that was killed is back within seconds; between two attempts it may have come.
const AGAIN_MS = 1000;
const TRIES = 90;

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
    NotebookActions.executed.connect((_, { cell, success }) => void this.#lookAfter(cell, success));
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
    const kernel = kernelOf(panel);
    if (!this.#waiting.has(panel) && (this.#started.has(panel) ? isThere(kernel) : isReady(kernel))) {
      return false;
    }
    this.#wait(panel, cell.model.id);
    const { content } = panel;
    content.activeCellIndex = Math.min(content.activeCellIndex + 1, content.widgets.length - 1);
    return true;
  }

  #wait(panel: NotebookPanel, id: string): void {
    const kept = this.#waiting.get(panel);
    if (kept === undefined) {
      this.#waiting.set(panel, new Set([id]));
      void this.#runWhenReady(panel);
    } else {
      kept.add(id);
    }
    this.#say();
  }

  /** Keep a run that went to a server that was gone already: it failed, and left nothing to see. */
  async #lookAfter(cell: Cell, success: boolean): Promise<void> {
    if (success || (cell.model.outputs?.length ?? 0) > 0 || cell.model.type !== 'code') {
      return;
    }
    await new Promise(resolve => window.setTimeout(resolve, AGAIN_MS));
    let panel: NotebookPanel | null = null;
    this.#notebooks.forEach(each => {
      panel = each.content.widgets.includes(cell) ? each : panel;
    });
    if (panel !== null && !isThere(kernelOf(panel))) {
      this.#wait(panel, cell.model.id);
    }
  }

  async #runWhenReady(panel: NotebookPanel): Promise<void> {
    const kernel = this.#started.has(panel) ? await kernelAgain(panel) : await readyKernel(panel);
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

function kernelOf({ context }: NotebookPanel): Kernel | null {
  return context.sessionContext.session?.kernel ?? null;
}

/** A notebook's kernel after its server was started anew, which starts none by itself; null where none comes. */
async function kernelAgain(panel: NotebookPanel): Promise<Kernel | null> {
  const { sessionContext } = panel.context;
  for (let left = TRIES; left > 0 && !panel.isDisposed; left -= 1) {
    const kernel = kernelOf(panel);
    if (isThere(kernel)) {
      return kernel;
    }
    if (sessionContext.hasNoKernel) {
      // While the server is away this fails: the next attempt may not.
      await sessionContext.startKernel().catch(() => undefined);
    }
    await new Promise(resolve => window.setTimeout(resolve, AGAIN_MS));
  }
  return null;
}
