/** Decides what JupyterLab's own page lacks for a screen reader, and puts it there: roles and names, nothing else. */

import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { partsIn } from './cellruns.ts';
import { isTest, type CellFacts } from './parts.ts';

/** `shown` is kept once JupyterLab's own page stands. */
export function labelJupyterLab(notebooks: INotebookTracker, shown: Promise<unknown>): void {
  void shown.then(() => {
    const skip = document.querySelector('.jp-skiplink-wrapper');
    skip?.setAttribute('role', 'navigation');
    skip?.setAttribute('aria-label', 'Skip links');
  });
  notebooks.widgetAdded.connect((_, panel) => watch(panel));
  notebooks.forEach(watch);
}

/** Cells and their editors come into the page late, and again after a scroll. */
function watch(panel: NotebookPanel): void {
  const observer = new MutationObserver(() => label(panel));
  void panel.context.ready.then(() => {
    observer.observe(panel.content.node, { childList: true, subtree: true });
    label(panel);
  });
  panel.disposed.connect(() => observer.disconnect());
}

function label(panel: NotebookPanel): void {
  if (panel.isDisposed) {
    return;
  }
  const unnamed = panel.content.widgets.filter(({ node }) => nameless(node) !== null || !node.hasAttribute('role'));
  if (unnamed.length === 0) {
    return;
  }
  const facts = new Map(partsIn(panel).flatMap(part => part.cells.map(each => [each.id, each])));
  for (const { node, model } of unnamed) {
    // What JupyterLab calls a feed may hold articles only.
    node.setAttribute('role', 'article');
    const known = facts.get(model.id);
    if (known !== undefined) {
      nameless(node)?.setAttribute('aria-label', nameOf(known));
    }
  }
}

function nameless(cell: HTMLElement): Element | null {
  return cell.querySelector('.jp-InputArea .cm-content:not([aria-label])');
}

function nameOf(facts: CellFacts): string {
  if (facts.type !== 'code') {
    return facts.solution ? 'Your answer, in words' : 'Text';
  }
  if (isTest(facts)) {
    return 'Visible tests';
  }
  return facts.solution ? 'Your answer, in code' : facts.locked ? 'Given code' : 'Code';
}
