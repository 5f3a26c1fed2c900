/** Decides how the room handles the notebooks on the candidate's desk: which are open, saved, in front. */

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { isReady } from './cellruns.ts';
import { EMPTY_DESK, type Desktop } from './room.ts';

/** `closed`: not open in this page, so that its file on the server is all there is. */
export type NotebookState = 'saved' | 'unsaved' | 'closed';

const OPENING_MS = 5000;
const SAVE_TRIES = 12;
const SAVE_AGAIN_MS = 500;

export class Desk {
  readonly #notebooks: INotebookTracker;
  readonly #documents: IDocumentManager;

  constructor(notebooks: INotebookTracker, documents: IDocumentManager) {
    this.#notebooks = notebooks;
    this.#documents = documents;
  }

  /** Call `tell` with the path of the notebook in front, now and whenever it changes. */
  watchCurrent(tell: (path: string) => void): void {
    const current = (panel: NotebookPanel | null): void => {
      if (panel !== null) {
        tell(panel.context.path);
      }
    };
    this.#notebooks.currentChanged.connect((_, panel) => current(panel));
    current(this.#notebooks.currentWidget);
  }

  open(path: string): void {
    this.#documents.openOrReveal(path);
  }

  /** What is to be said of the notebook in front; the rest is known elsewhere. */
  stateOfCurrent(checksOf: (panel: NotebookPanel) => number, rest: Pick<Desktop, 'saved' | 'waiting'>): Desktop {
    const panel = this.#notebooks.currentWidget;
    if (panel === null || panel.isDisposed) {
      return { ...EMPTY_DESK, saved: rest.saved };
    }
    const ready = isReady(panel.context.sessionContext.session?.kernel ?? null);
    return { ...rest, checks: checksOf(panel), kernel: ready ? 'ready' : 'starting' };
  }

  /** Put a notebook away, and its kernel if it has one; nothing happens where it is not open. */
  async dismiss(path: string): Promise<void> {
    const panel = this.#panels().find(each => each.context.path === path);
    if (panel === undefined) {
      return;
    }
    const { model, sessionContext } = panel.context;
    if (isReady(sessionContext.session?.kernel ?? null)) {
      await sessionContext.shutdown();
    }
    if (model.dirty) {
      panel.dispose();
    }
    await this.#documents.closeFile(path);
  }

  get isEmpty(): boolean {
    return this.#panels().length === 0;
  }

  stateOf(path: string): NotebookState {
    const panel = this.#panels().find(each => each.context.path === path);
    if (panel === undefined) {
      return 'closed';
    }
    return panel.context.model.dirty ? 'unsaved' : 'saved';
  }

  /** Save every open notebook; the paths of those that could not be saved. */
  async saveAll(): Promise<string[]> {
    const saved = await Promise.all(this.#panels().map(save));
    return saved.filter(path => path !== null);
  }

  /** Clear the desk without asking, and keep it clear: everything that counts is handed in. */
  async clear(): Promise<void> {
    this.stopAutosave();
    // JupyterLab may still be about to open the notebook that the page's address names.
    this.#notebooks.widgetAdded.connect(() => void this.#closeAll());
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    const panels = this.#panels();
    // A notebook that is still being opened complains when it is closed.
    await Promise.race([Promise.allSettled(panels.map(isOpen)), pause(OPENING_MS)]);
    for (const panel of panels.filter(each => each.context.model.dirty)) {
      panel.dispose();
    }
    await this.#documents.closeAll();
  }

  stopAutosave(): void {
    this.#documents.autosave = false;
  }

  #panels(): NotebookPanel[] {
    const panels: NotebookPanel[] = [];
    this.#notebooks.forEach(panel => panels.push(panel));
    return panels;
  }
}

async function isOpen({ context }: NotebookPanel): Promise<void> {
  await context.ready;
  await context.sessionContext.ready;
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, ms));
}

async function save({ context }: NotebookPanel): Promise<string | null> {
  for (let tries = 1; tries <= SAVE_TRIES; tries += 1) {
    if (await isSaved(context)) {
      return null;
    }
    // Refused, perhaps, because the server has just written the file itself: the next time it is well.
    await pause(SAVE_AGAIN_MS);
  }
  return context.path;
}

async function isSaved(context: NotebookPanel['context']): Promise<boolean> {
  try {
    await context.ready;
    await context.save();
  } catch {
    return false;
  }
  // JupyterLab reports some failures in a dialog of its own and resolves all the same.
  return !context.model.dirty;
}
