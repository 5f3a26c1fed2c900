/** Decides how the room handles the notebooks on the candidate's desk: which are open, saved, in front. */

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

/** `closed`: not open in this page, so that its file on the server is all there is. */
export type NotebookState = 'saved' | 'unsaved' | 'closed';

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

  /** Clear the desk without asking: everything that counts has been handed in. */
  async clear(): Promise<void> {
    this.#documents.autosave = false;
    for (const panel of this.#panels()) {
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

async function save({ context }: NotebookPanel): Promise<string | null> {
  try {
    await context.ready;
    await context.save();
  } catch {
    return context.path;
  }
  // JupyterLab reports some failures in a dialog of its own and resolves all the same.
  return context.model.dirty ? context.path : null;
}
