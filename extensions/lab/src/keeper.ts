/** Decides when the page looks at its notebooks and asks what of them is kept. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import type { Brief, Saved } from './panel.gen.ts';
import { judge, keptOf, Screens, workOf, type Cell, type Heard, type SavedState } from './saved.ts';

const CHANGE_MS = 200;
const BUSY_MS = 700;
const CALM_MS = 10_000;
const WAITS_MS = 3000;
// A network that swallows everything gives no answer, ever.
const ENTER_MS = 10_000;

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
  readonly #screens = new Screens();
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
    panel.disposed.connect(() => {
      window.clearTimeout(waiting);
      this.#screens.close(panel, this.#heard);
      this.#show();
    });
    void panel.context.ready.then(() => {
      panel.context.model.contentChanged.connect(() => (waiting ??= window.setTimeout(look, CHANGE_MS)));
      look();
    });
  }

  #look(panel: NotebookPanel): void {
    if (panel.isDisposed) {
      return;
    }
    const { path, model } = panel.context;
    const cells = model.sharedModel.cells.map((cell): Cell => [cell.cell_type, cell.getSource()]);
    if (this.#screens.see(panel, path, workOf(cells), this.#heard, Date.now()) && this.#counts(path)) {
      void this.#ask();
    }
  }

  /** Whether it is one of the interview's; before the brief is known, it may be. */
  #counts(path: string): boolean {
    const brief = this.#parts.brief();
    return brief === null || (brief.state !== 'practice' && brief.questions.some(each => each.path === path));
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
      await Promise.race([this.#parts.enterAgain(), new Promise(resolve => window.setTimeout(resolve, ENTER_MS))]);
    }
    this.#asking = false;
    this.#timer = window.setTimeout(() => void this.#ask(), this.#show() === 'saved' ? CALM_MS : BUSY_MS);
  }

  #waits(): boolean {
    const longAgo = Date.now() - WAITS_MS;
    return [...this.#counting()].some(
      ([path, { work, sinceMs }]) => work !== keptOf(this.#heard, path)?.work_sha256 && sinceMs < longAgo
    );
  }

  #hear(heard: Heard): void {
    this.#screens.hear(this.#heard, heard, Date.now());
    this.#heard = heard;
  }

  #show(): SavedState['kind'] {
    const state = judge(this.#counting(), this.#heard, this.#answers, Date.now());
    if (!this.#ended) {
      this.#parts.display(state);
    }
    return state.kind;
  }

  #counting(): ReturnType<Screens['byPath']> {
    return this.#screens.byPath(this.#heard, path => this.#counts(path));
  }
}
