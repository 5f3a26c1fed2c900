/** Decides when the page looks at its notebooks and asks what of them is kept. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { Brief, Saved } from './panel.gen.ts';
import { judge, keptOf, workOf, type Cell, type Heard, type OnScreen, type SavedState } from './saved.ts';

const CHANGE_MS = 200;
const BUSY_MS = 700;
const CALM_MS = 10_000;
const WAITS_MS = 3000;

export interface KeeperParts {
  notebooks: INotebookTracker;
  ask: () => Promise<Saved>;
  /** Called while something waits for long: the room's server may have been started anew. */
  enterAgain: () => Promise<void>;
  /** The paths that count; null before they are known. */
  brief: () => Brief | null;
  display: (state: SavedState) => void;
}

export class Keeper {
  readonly #parts: KeeperParts;
  readonly #screens = new Map<string, OnScreen>();
  #heard: Heard = [];
  #answers = true;
  #timer: number | undefined;
  #asking = false;
  #ended = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    const { notebooks } = this.#parts;
    notebooks.forEach(panel => this.#watch(panel));
    notebooks.widgetAdded.connect((_, panel) => this.#watch(panel));
    window.addEventListener('online', () => void this.#ask());
    void this.#ask();
  }

  /** Everything is handed in: there is nothing more to keep. */
  stop(): void {
    this.#ended = true;
    window.clearTimeout(this.#timer);
    this.#parts.display({ kind: 'saved', text: '' });
  }

  #watch(panel: NotebookPanel): void {
    let waiting: number | undefined;
    const look = (): void => {
      waiting = undefined;
      this.#look(panel);
    };
    panel.disposed.connect(() => this.#screens.delete(panel.context.path));
    void panel.context.ready.then(() => {
      panel.context.model.contentChanged.connect(() => (waiting ??= window.setTimeout(look, CHANGE_MS)));
      look();
    });
  }

  #look(panel: NotebookPanel): void {
    const { path, model } = panel.context;
    const brief = this.#parts.brief();
    const counts = brief === null || (brief.state !== 'practice' && brief.questions.some(each => each.path === path));
    if (panel.isDisposed || !counts) {
      return;
    }
    const cells = model.sharedModel.cells.map((cell): Cell => [cell.cell_type, cell.getSource()]);
    const work = workOf(cells);
    if (this.#screens.get(path)?.work === work) {
      return;
    }
    const waiting = this.#screens.get(path);
    const kept = keptOf(this.#heard, path)?.work_sha256;
    // Who goes on typing is not to wait longer for the word that nothing arrives.
    const sinceMs = waiting === undefined || waiting.work === kept ? Date.now() : waiting.sinceMs;
    this.#screens.set(path, { work, sinceMs });
    void this.#ask();
  }

  async #ask(): Promise<void> {
    this.#show();
    if (this.#asking || this.#ended) {
      return;
    }
    this.#asking = true;
    window.clearTimeout(this.#timer);
    try {
      this.#hear((await this.#parts.ask()).notebooks);
      this.#answers = true;
    } catch {
      this.#answers = false;
    }
    if (this.#waits()) {
      await this.#parts.enterAgain();
    }
    this.#asking = false;
    this.#timer = window.setTimeout(() => void this.#ask(), this.#show() === 'saved' ? CALM_MS : BUSY_MS);
  }

  #waits(): boolean {
    const longAgo = Date.now() - WAITS_MS;
    return [...this.#screens].some(
      ([path, { work, sinceMs }]) =>
        work !== keptOf(this.#heard, path)?.work_sha256 && sinceMs < longAgo
    );
  }

  /** Whoever goes on typing is late only when nothing at all arrives. */
  #hear(heard: Heard): void {
    for (const [path, screen] of this.#screens) {
      if (keptOf(heard, path)?.work_sha256 !== keptOf(this.#heard, path)?.work_sha256) {
        this.#screens.set(path, { ...screen, sinceMs: Date.now() });
      }
    }
    this.#heard = heard;
  }

  #show(): SavedState['kind'] {
    const state = judge(this.#screens, this.#heard, this.#answers, Date.now());
    if (!this.#ended) {
      this.#parts.display(state);
    }
    return state.kind;
  }
}
