/** The keeper: what a page with two notebooks says while somebody types in both. */

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { Keeper } from '../src/keeper.ts';
import type { Brief, Saved } from '../src/panel.gen.ts';
import { workOf, type SavedState } from '../src/saved.ts';

const QUESTION = { slug: '', title: '', kind: 'python', minutes: 1, brief: '' } as const;

class Tab {
  source = '';
  isDisposed = false;
  readonly #changed: (() => void)[] = [];
  readonly #disposed: (() => void)[] = [];
  readonly disposed = { connect: (slot: () => void): number => this.#disposed.push(slot) };
  readonly path: string;
  readonly context;

  constructor(path: string) {
    this.path = path;
    this.context = {
      path,
      ready: Promise.resolve(),
      model: {
        contentChanged: { connect: (slot: () => void): number => this.#changed.push(slot) },
        sharedModel: { cells: [{ cell_type: 'code', getSource: () => this.source }] }
      }
    };
  }

  type(source: string): void {
    this.source = source;
    this.#changed.forEach(each => each());
  }

  close(): void {
    this.isDisposed = true;
    this.#disposed.forEach(each => each());
  }

  get work(): string {
    return workOf([['code', this.source]]);
  }
}

/** A page whose interview service keeps what `keep` says, and answers when it is let. */
class Page {
  readonly tabs: Tab[];
  readonly kept = new Map<string, string>();
  readonly said: SavedState[] = [];
  brief: Brief | null;
  asked = 0;
  enterAgain: () => Promise<void> = () => Promise.resolve();
  readonly keeper: Keeper;

  constructor(...paths: string[]) {
    this.tabs = paths.map(path => new Tab(path));
    this.tabs.forEach(each => this.keep(each));
    this.brief = { state: 'open', questions: paths.map(path => ({ ...QUESTION, path })) } as unknown as Brief;
    this.keeper = new Keeper({
      notebooks: {
        forEach: (visit: (panel: NotebookPanel) => void) => this.tabs.forEach(each => visit(each as unknown as NotebookPanel)),
        widgetAdded: { connect: () => true }
      } as unknown as INotebookTracker,
      ask: () => Promise.resolve(this.#answer()),
      enterAgain: () => this.enterAgain(),
      brief: () => this.brief,
      display: state => this.said.push(state)
    });
  }

  keep(tab: Tab): void {
    this.kept.set(tab.path, tab.work);
  }

  get last(): SavedState {
    return this.said.at(-1)!;
  }

  #answer(): Saved {
    this.asked += 1;
    const notebooks = [...this.kept].map(([path, work_sha256]) => ({ path, work_sha256, at: null, problem: '' }));
    return { notebooks };
  }
}

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 50) {
    mock.timers.tick(50);
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.resolve();
    }
  }
}

function inPage(name: string, body: () => Promise<void>): void {
  test(name, async () => {
    Object.assign(globalThis, {
      window: {
        setTimeout: (...given: Parameters<typeof setTimeout>) => setTimeout(...given),
        clearTimeout: (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer),
        addEventListener: () => undefined
      }
    });
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    try {
      await body();
    } finally {
      mock.timers.reset();
    }
  });
}

inPage('typing in turn in two notebooks is never said to be saved before both are', async () => {
  const page = new Page('1_a.ipynb', '2_b.ipynb');
  const [a, b] = page.tabs as [Tab, Tab];
  page.keeper.start();
  await pass(500);
  assert.equal(page.last.kind, 'saved');
  for (let turn = 0; turn < 30; turn += 1) {
    a.type(`a${turn}`);
    await pass(100);
    b.type(`b${turn}`);
    await pass(100);
    // The recorder hears one of them only.
    page.keep(a);
  }
  await pass(1000);
  assert.equal(page.last.kind, 'saving');
  await pass(9000);
  assert.match(page.last.text, /^Not saved: 2_b\.ipynb\./);
  page.keep(b);
  await pass(1000);
  assert.equal(page.last.kind, 'saved');
});

inPage('a notebook that is closed right after typing, and whose change never arrives, is named', async () => {
  const page = new Page('1_a.ipynb', '2_b.ipynb');
  const [a] = page.tabs as [Tab, Tab];
  page.keeper.start();
  await pass(500);
  a.type('more');
  await pass(300);
  a.close();
  await pass(10_000);
  assert.match(page.last.text, /1_a\.ipynb was closed before its last changes arrived/);
});

inPage('a scratch notebook that was open before the brief was known is not waited for for ever', async () => {
  const page = new Page('1_a.ipynb', 'scratch.ipynb');
  const { brief } = page;
  page.kept.delete('scratch.ipynb');
  page.brief = null;
  page.keeper.start();
  await pass(500);
  assert.equal(page.last.kind, 'saving');
  page.brief = { ...brief!, questions: brief!.questions.slice(0, 1) };
  await pass(20_000);
  assert.equal(page.last.kind, 'saved');
});

inPage('a server that gives no answer to whoever enters again does not end the asking', async () => {
  const page = new Page('1_a.ipynb');
  const [a] = page.tabs as [Tab];
  page.enterAgain = () => new Promise(() => undefined);
  page.keeper.start();
  await pass(500);
  a.type('more');
  await pass(5000);
  const { asked } = page;
  await pass(12_000);
  assert.ok(page.asked > asked);
  page.keep(a);
  await pass(12_000);
  assert.equal(page.last.kind, 'saved');
});
