/** Decides how the candidate's code is run from the panel: what has to run first, and where a check's answer is heard. */

import type { Cell } from '@jupyterlab/cells';
import { NotebookActions, type INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import type { Kernel } from '@jupyterlab/services';

import { factsOf, isTest, partsOf, type CellFacts, type Part } from './parts.ts';
import { CHECK_MIME, type CheckReport } from './room.gen.ts';

const CHECKS_KEY = 'viva_checks';
// A kernel that has just been started says so within this time, or the page must be opened again.
const READY_MS = 60_000;
const LOOK_MS = 100;

/** What a part's check came to; `problem` says why there is less to see than expected. */
export interface Checked {
  readonly part: string;
  readonly reports: readonly CheckReport[];
  readonly problem: string;
}

export class CellRuns {
  readonly #notebooks: INotebookTracker;
  /** The source with which a cell last ran in the kernel that is running now, and how it ended. */
  #ran = new WeakMap<object, { source: string; success: boolean }>();

  constructor(notebooks: INotebookTracker) {
    this.#notebooks = notebooks;
    NotebookActions.executed.connect((_, { cell, success }) => {
      this.#ran.set(cell.model, { source: cell.model.sharedModel.source, success });
    });
    notebooks.widgetAdded.connect((_, { context: { sessionContext } }) => {
      const forget = (): void => {
        this.#ran = new WeakMap();
      };
      sessionContext.kernelChanged.connect(forget);
      sessionContext.statusChanged.connect((_, status) => {
        if (status === 'restarting' || status === 'autorestarting' || status === 'dead') {
          forget();
        }
      });
    });
  }

  get panel(): NotebookPanel | null {
    return this.#notebooks.currentWidget;
  }

  panelOf(path: string): NotebookPanel | null {
    let found: NotebookPanel | null = null;
    this.#notebooks.forEach(each => {
      found = each.context.path === path ? each : found;
    });
    return found;
  }

  /** How often Check was used in this notebook; it stands in the notebook, so that a reload keeps it. */
  checksOf(panel: NotebookPanel): number {
    const count = panel.context.model.getMetadata(CHECKS_KEY);
    return typeof count === 'number' ? count : 0;
  }

  /** Run some cells as the notebook itself would; whether all of them succeeded. */
  async run(panel: NotebookPanel, ids: readonly string[]): Promise<boolean> {
    const { content, context } = panel;
    if ((await readyKernel(panel)) === null) {
      return false;
    }
    let succeeded = true;
    // One by one: what fails on the way must not keep the cells after it from running.
    for (const cell of content.widgets.filter(each => ids.includes(each.model.id))) {
      const ran = await NotebookActions.runCells(content, [cell], context.sessionContext);
      succeeded = ran && succeeded;
    }
    return succeeded;
  }

  /** Run a cell and those before it that have not run as they stand; tests are left out. */
  async runWithEarlier(panel: NotebookPanel, id: string): Promise<boolean> {
    return this.run(panel, [...this.#stale(panel, id), id]);
  }

  /** Run a part's visible tests, after whatever before them has not run as it stands. */
  async check(panel: NotebookPanel, part: Part): Promise<Checked> {
    const { model } = panel.context;
    model.setMetadata(CHECKS_KEY, this.checksOf(panel) + 1);
    const kernel = await readyKernel(panel);
    const last = part.tests.at(-1);
    if (kernel === null || last === undefined) {
      return { part: part.title, reports: [], problem: NOT_READY };
    }
    const stale = this.#stale(panel, last.id);
    const ran = stale.length === 0 || (await this.run(panel, stale));
    const reports: CheckReport[] = [];
    for (const test of part.tests) {
      reports.push(await report(kernel, test));
    }
    return { part: part.title, reports, problem: ran ? '' : EARLIER_FAILED };
  }

  #stale(panel: NotebookPanel, until: string): string[] {
    const ids: string[] = [];
    for (const cell of panel.content.widgets) {
      if (cell.model.id === until) {
        break;
      }
      const known = facts(cell);
      const counts = known.type === 'code' && known.source.trim() !== '' && !isTest(known);
      const ran = this.#ran.get(cell.model);
      // A scratch cell that has failed would fail again; an answer's earlier cells may have changed.
      const done = ran?.source === known.source && (ran.success || (!known.locked && !known.solution));
      if (counts && !done) {
        ids.push(cell.model.id);
      }
    }
    return ids;
  }
}

const NOT_READY = 'Your notebook’s kernel does not answer. Reload this page, then try again.';
const EARLIER_FAILED = 'A cell above ended with an error, shown below it. The checks ran all the same.';
const NO_ANSWER: CheckReport = { findings: [], stopped: 'The kernel gave no answer. Run your cells, then check again.' };

function facts(cell: Cell): CellFacts {
  const { id, type, sharedModel } = cell.model;
  return factsOf({ id, type, source: sharedModel.source }, cell.model.getMetadata('nbgrader'));
}

/** The parts of a notebook as it stands. */
export function partsIn(panel: NotebookPanel): Part[] {
  return partsOf(panel.content.widgets.map(facts));
}

/** A notebook's kernel once it can be asked; null where it does not come. */
export async function readyKernel({ context }: NotebookPanel): Promise<Kernel | null> {
  await context.ready;
  await context.sessionContext.ready;
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    const kernel = context.sessionContext.session?.kernel ?? null;
    if (isReady(kernel)) {
      return kernel;
    }
    await new Promise(resolve => window.setTimeout(resolve, LOOK_MS));
  }
  return null;
}

export function isReady(kernel: Kernel | null): kernel is Kernel {
  return kernel?.connectionStatus === 'connected' && (kernel.status === 'idle' || kernel.status === 'busy');
}

/** Whether the room's server has this kernel: cells may be handed to it, whatever it is busy with. */
export function isThere(kernel: Kernel | null): kernel is Kernel {
  return kernel?.connectionStatus === 'connected';
}

async function report(kernel: Kernel, test: CellFacts): Promise<CheckReport> {
  const future = kernel.requestExecute({
    code: `%%viva_check\n${test.source}`,
    store_history: false,
    stop_on_error: false,
    allow_stdin: false
  });
  let answer = NO_ANSWER;
  future.onIOPub = ({ header, content }) => {
    const found = header.msg_type === 'display_data' ? content.data?.[CHECK_MIME] : undefined;
    answer = found === undefined ? answer : (found as CheckReport);
  };
  await future.done.catch(() => undefined);
  return answer;
}
