/** Decides how one cell of the notebook reads and is edited as a plain field. */

import type { Cell } from '@jupyterlab/cells';
import { SimplifiedOutputArea } from '@jupyterlab/outputarea';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Kernel } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import { editBetween, isEditable, isTest, type CellFacts } from '../parts.ts';
import { button, element } from '../views/dom.ts';
import { OffersView } from './offers.ts';

const MARKDOWN = 'text/markdown';
const ROWS = { least: 6, most: 24 };

export interface FieldActions {
  run: (cellId: string) => Promise<void>;
  kernel: () => Promise<Kernel | null>;
}

/** One cell, and what has to be let go of when it is left. */
export interface Field {
  readonly node: HTMLElement;
  dispose: () => void;
}

export function fieldOf(
  cell: Cell,
  facts: CellFacts,
  rendermime: IRenderMimeRegistry,
  actions: FieldActions
): Field {
  if (isEditable(facts)) {
    return editable(cell, facts, rendermime, actions);
  }
  return facts.type === 'markdown' ? prose(facts, rendermime) : given(cell, facts, rendermime);
}

function prose(facts: CellFacts, rendermime: IRenderMimeRegistry): Field {
  const renderer = rendermime.createRenderer(MARKDOWN);
  const node = element('div', 'viva-Form-prose');
  attach(renderer, node);
  void renderer.renderModel(rendermime.createModel({ data: { [MARKDOWN]: facts.source }, trusted: false }));
  return { node, dispose: () => renderer.dispose() };
}

/** The author's own code: to read, with what it printed. */
function given(cell: Cell, facts: CellFacts, rendermime: IRenderMimeRegistry): Field {
  const title = isTest(facts) ? 'Visible tests of this part' : 'Given code, run before yours';
  const outputs = outputsOf(cell, rendermime);
  const code = element('pre', 'viva-Form-code', [facts.source], { tabindex: '0' });
  const details = element('details', 'viva-Details', [element('summary', '', [title]), code]);
  const node = element('div', '', isTest(facts) ? [details] : [details, outputs.node]);
  return { node, dispose: outputs.dispose };
}

function editable(cell: Cell, facts: CellFacts, rendermime: IRenderMimeRegistry, { run, kernel }: FieldActions): Field {
  const label = labelOf(facts);
  const area = element('textarea', 'viva-Form-field', [], {
    id: `viva-field-${facts.id}`,
    spellcheck: String(facts.type === 'markdown'),
    autocapitalize: 'off',
    autocomplete: 'off'
  });
  area.dataset['type'] = facts.type;
  const show = (): void => {
    const { source } = cell.model.sharedModel;
    if (area.value !== source) {
      area.value = source;
      fit(area);
    }
  };
  area.addEventListener('input', () => {
    // Only what changed goes into the document: the record then shows typing, not pasting.
    const edit = editBetween(cell.model.sharedModel.source, area.value);
    if (edit !== null) {
      cell.model.sharedModel.updateSource(edit.start, edit.end, edit.text);
    }
    fit(area);
  });
  area.addEventListener('keydown', event => indent(event, area));
  cell.model.contentChanged.connect(show);
  show();
  const parts: HTMLElement[] = [element('label', 'viva-Form-label', [label], { for: area.id }), area];
  const outputs = outputsOf(cell, rendermime);
  if (facts.type === 'code') {
    const offers = new OffersView(area, kernel);
    const buttons = [
      button('Run', 'viva-Small', () => void run(facts.id)),
      button('Complete', 'viva-Small', () => void offers.open())
    ];
    parts.push(offers.node, element('div', 'viva-Row', buttons), outputs.node);
  }
  return { node: element('div', 'viva-Form-answer', parts), dispose: outputs.dispose };
}

function labelOf({ type, solution, source }: CellFacts): string {
  if (type === 'markdown') {
    return 'Your answer, in words';
  }
  const language = source.startsWith('%%sql') ? 'SQL' : 'Python';
  return solution ? `Your answer, in ${language}` : `A cell of your own, in ${language}`;
}

function outputsOf(cell: Cell, rendermime: IRenderMimeRegistry): Field {
  const node = element('div', 'viva-Form-output', [], { 'aria-live': 'polite' });
  const { outputs } = cell.model;
  if (outputs === undefined) {
    return { node, dispose: () => undefined };
  }
  const area = new SimplifiedOutputArea({ model: outputs, rendermime });
  attach(area, node);
  return { node, dispose: () => area.dispose() };
}

/** A widget of JupyterLab's in a node that stands in the page only later. */
function attach(widget: Widget, node: HTMLElement): void {
  const wait = (): void => {
    if (widget.isDisposed || widget.isAttached) {
      return;
    }
    if (node.isConnected) {
      Widget.attach(widget, node);
    } else {
      window.requestAnimationFrame(wait);
    }
  };
  wait();
}

function fit(area: HTMLTextAreaElement): void {
  const lines = area.value.split('\n').length + 1;
  area.rows = Math.min(ROWS.most, Math.max(ROWS.least, lines));
}

/** Enter keeps the line's indentation. Tab stays what it is: the way on to the next field. */
function indent(event: KeyboardEvent, area: HTMLTextAreaElement): void {
  if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.isComposing || area.dataset['type'] !== 'code') {
    return;
  }
  const line = area.value.slice(0, area.selectionStart).split('\n').at(-1) ?? '';
  const spaces = /^[ \t]*/.exec(line)?.[0] ?? '';
  const deeper = line.trimEnd().endsWith(':') ? '    ' : '';
  event.preventDefault();
  // The only way to insert text that the browser's own undo knows of.
  document.execCommand('insertText', false, `\n${spaces}${deeper}`);
}
