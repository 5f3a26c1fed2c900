/** Decides how the interview is shown without a notebook: one part at a time, as plain fields, on the same document. */

import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { Kernel } from '@jupyterlab/services';
import { Widget } from '@lumino/widgets';

import type { Appearance } from '../appearance.ts';
import { partsIn, readyKernel, type CellRuns } from '../cellruns.ts';
import { thanks } from '../finish.ts';
import { INTRODUCTION, type Part } from '../parts.ts';
import type { PanelQuestion } from '../panel.gen.ts';
import { EMPTY_ROOM, phaseOf, type Room } from '../room.ts';
import { checkedElement } from '../views/checks.ts';
import { button, element, setText } from '../views/dom.ts';
import { HelpView, type HelpActions } from '../views/help.ts';
import { NoticeView } from '../views/notice.ts';
import { receiptElement } from '../views/receipt.ts';
import { SchemaView, type ReadSchema } from '../views/schema.ts';
import { StatusView } from '../views/status.ts';
import { SubmitView } from '../views/submit.ts';
import { TabsView } from '../views/tabs.ts';
import { TimeView } from '../views/time.ts';
import { fieldOf, type Field } from './field.ts';

const RUNNING = 'Running…';
const TICK_MS = 1000;

export interface FormActions {
  /** The notebook at this path, opened underneath; null where it does not open. */
  open: (path: string) => Promise<NotebookPanel | null>;
  submit: () => void;
  begin: () => void;
  receiptUrl: (room: Room) => string | null;
  schema: ReadSchema;
  help: HelpActions;
}

export class FormMode extends Widget {
  readonly #rendermime: IRenderMimeRegistry;
  readonly #runs: CellRuns;
  readonly #actions: FormActions;
  readonly #time = new TimeView(() => undefined);
  readonly #status = new StatusView();
  readonly #notice = new NoticeView();
  readonly #submit: SubmitView;
  readonly #kernel = element('p', 'viva-Kernel', [], { role: 'status', 'aria-live': 'polite' });
  readonly #space = element('p', 'viva-Space', [], { role: 'status', 'aria-live': 'polite' });
  readonly #schema: SchemaView;
  readonly #help: HelpView;
  readonly #tabs: TabsView;
  readonly #choice = element('select', 'viva-Form-choice', [], { 'aria-label': 'Part' });
  readonly #heading = element('h1', 'viva-Form-heading', [], { tabindex: '-1' });
  readonly #fields = element('div', 'viva-Form-fields');
  readonly #said = element('p', 'viva-Hint', [], { role: 'status' });
  readonly #checked = element('div', '', [], { 'aria-live': 'polite' });
  readonly #check: HTMLButtonElement;
  readonly #main: HTMLElement;
  #room: Room = EMPTY_ROOM;
  #open: Field[] = [];
  /** Question and part that are shown. */
  #place = { path: '', part: 0 };
  #panel: NotebookPanel | null = null;
  /** The field that had the keyboard last. */
  #written: HTMLTextAreaElement | null = null;
  #ticking: number | undefined;

  constructor(rendermime: IRenderMimeRegistry, runs: CellRuns, appearance: Appearance, actions: FormActions) {
    super();
    this.#rendermime = rendermime;
    this.#runs = runs;
    this.#actions = actions;
    this.id = 'viva-form';
    this.addClass('viva-Form');
    this.addClass('viva-Panel');
    this.#submit = new SubmitView(actions);
    this.#check = button('Check this part', 'viva-Small', () => void this.#runCheck());
    this.#choice.addEventListener('change', () => this.#chosen());
    this.#schema = new SchemaView(actions.schema);
    this.#help = new HelpView(appearance, actions.help);
    this.#tabs = this.#makeTabs();
    this.#main = element('main', 'viva-Form-main', [this.#tabs.list, this.#tabs.pages, this.#submit.node]);
    this.#main.addEventListener('focusout', ({ target }) => this.#remember(target));
    this.node.addEventListener('keydown', event => this.#onKey(event));
    const leave = button('Notebook view', 'viva-Small', () => this.leave());
    const head = element('header', 'viva-Form-head', [
      element('div', 'viva-Row viva-Form-bar', [this.#time.node, leave]),
      this.#status.node,
      this.#kernel,
      this.#space,
      this.#notice.node
    ]);
    this.node.append(head, this.#main);
  }

  get isOpen(): boolean {
    return this.isAttached;
  }

  /** Cover the page; the notebook stays open underneath, out of reach of keyboard and screen reader. */
  async enter(path: string): Promise<void> {
    if (!this.isAttached) {
      Widget.attach(this, document.body);
      setUnderneath(true);
      this.#ticking = window.setInterval(() => this.#time.update(this.#room, Date.now()), TICK_MS);
    }
    this.display(this.#room);
    await this.#show(path || this.#questions()[0]?.path || '', 0);
  }

  leave(): void {
    if (!this.isAttached) {
      return;
    }
    window.clearInterval(this.#ticking);
    this.#clear();
    setUnderneath(false);
    Widget.detach(this);
  }

  display(room: Room): void {
    const receiptIsNew = room.submitted !== null && room.submitted !== this.#room.submitted;
    this.#room = room;
    this.#time.update(room, Date.now());
    this.#status.update(room);
    this.#notice.update(room);
    this.#submit.update(room);
    this.#help.update(room);
    // Where it never was open, there is nothing to look at any more.
    this.#main.hidden = phaseOf(room) === 'expired' && this.#panel === null;
    if (receiptIsNew && room.submitted !== null) {
      this.#clear();
      const receipt = receiptElement(room.submitted, this.#actions.receiptUrl(room));
      this.#main.replaceChildren(thanks('below'), receipt);
    }
  }

  /** Say what became of a kernel; nothing for an empty text. */
  displayKernel(text: string): void {
    setText(this.#kernel, text);
  }

  /** Say that the disk is full; nothing for an empty text. */
  displaySpace(text: string): void {
    setText(this.#space, text);
  }

  #questions(): readonly PanelQuestion[] {
    return this.#room.brief?.questions ?? [];
  }

  #makeTabs(): TabsView {
    const tabs = [
      { id: 'answer', label: 'Answer', content: this.#makeAnswer() },
      { id: 'schema', label: 'Schema', content: this.#schema.node },
      { id: 'help', label: 'Help', content: this.#help.node }
    ];
    return new TabsView(tabs, id => {
      if (id === 'schema') {
        this.#schema.open();
      } else if (id === 'help') {
        this.#help.open();
      }
    });
  }

  /** Esc leads back to where the candidate was writing. */
  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !(event.target instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      this.#tabs.select('answer');
      (this.#written?.isConnected === true ? this.#written : this.#heading).focus();
    }
  }

  #remember(target: EventTarget | null): void {
    if (target instanceof HTMLTextAreaElement) {
      this.#written = target;
    }
  }

  #makeAnswer(): HTMLElement {
    const steps = element('nav', 'viva-Row viva-Form-steps', [
      button('Previous', 'viva-Small', () => void this.#step(-1)),
      this.#choice,
      button('Next', 'viva-Small', () => void this.#step(1))
    ], { 'aria-label': 'Parts' });
    const checks = element('div', 'viva-Row', [this.#check, this.#said]);
    return element('div', 'viva-Form-answers', [steps, this.#heading, this.#fields, checks, this.#checked]);
  }

  async #show(path: string, part: number): Promise<void> {
    if (!['open', 'practice'].includes(phaseOf(this.#room)) || path === '') {
      return;
    }
    this.#tabs.select('answer');
    this.#panel = await this.#actions.open(path);
    if (this.#panel === null) {
      setText(this.#said, 'This notebook does not open. Go to the notebook view and try again.');
      return;
    }
    await this.#panel.context.ready;
    const parts = partsIn(this.#panel);
    this.#place = { path, part: Math.min(part, parts.length - 1) };
    this.#fill(this.#panel, parts[this.#place.part]);
    this.#list(parts);
    this.#heading.focus();
  }

  #fill(panel: NotebookPanel, part: Part | undefined): void {
    this.#clear();
    setText(this.#heading, titleOf(part, this.#questions().find(each => each.path === this.#place.path)));
    const run = (id: string): Promise<void> => this.#run(panel, id);
    const kernel = (): Promise<Kernel | null> => readyKernel(panel);
    for (const facts of part?.cells ?? []) {
      const cell = panel.content.widgets.find(each => each.model.id === facts.id);
      if (cell !== undefined) {
        this.#open.push(fieldOf(cell, facts, this.#rendermime, { run, kernel }));
      }
    }
    this.#fields.replaceChildren(...this.#open.map(each => each.node));
    this.#check.hidden = (part?.tests.length ?? 0) === 0;
  }

  #clear(): void {
    this.#open.forEach(each => each.dispose());
    this.#open = [];
    this.#fields.replaceChildren();
    this.#checked.replaceChildren();
    setText(this.#said, '');
  }

  /** The parts of this question to choose from, then the other questions. */
  #list(parts: readonly Part[]): void {
    const groups = this.#questions().map((question, index) => {
      const own = question.path === this.#place.path;
      const options = own
        ? parts.map((part, at) => new Option(part.title, JSON.stringify([question.path, at]), false, at === this.#place.part))
        : [new Option(INTRODUCTION, JSON.stringify([question.path, 0]))];
      return element('optgroup', '', options, { label: `${index + 1}. ${question.title}` });
    });
    this.#choice.replaceChildren(...groups);
  }

  #chosen(): void {
    const [path, part] = JSON.parse(this.#choice.value) as [string, number];
    void this.#show(path, part);
  }

  /** The part before or after, over the end of a question into the next. */
  async #step(by: number): Promise<void> {
    const questions = this.#questions();
    const { path, part } = this.#place;
    const parts = this.#panel === null ? [] : partsIn(this.#panel);
    if (part + by >= 0 && part + by < parts.length) {
      await this.#show(path, part + by);
      return;
    }
    const next = questions[questions.findIndex(each => each.path === path) + by];
    if (next !== undefined) {
      await this.#show(next.path, by > 0 ? 0 : Number.MAX_SAFE_INTEGER);
    }
  }

  async #run(panel: NotebookPanel, id: string): Promise<void> {
    setText(this.#said, RUNNING);
    const ran = await this.#runs.runWithEarlier(panel, id);
    setText(this.#said, ran ? 'Done.' : 'It ended with an error, or the kernel does not answer.');
  }

  async #runCheck(): Promise<void> {
    const part = this.#panel === null ? undefined : partsIn(this.#panel)[this.#place.part];
    if (this.#panel !== null && part !== undefined) {
      setText(this.#said, RUNNING);
      const checked = await this.#runs.check(this.#panel, part);
      setText(this.#said, '');
      this.#checked.replaceChildren(checkedElement(checked, 'h2'));
    }
  }
}

function titleOf(part: Part | undefined, question: PanelQuestion | undefined): string {
  const title = part?.title ?? '';
  return title === INTRODUCTION ? (question?.title ?? title) : title;
}

/** What lies under the form is neither seen nor reached while it is open. */
function setUnderneath(inert: boolean): void {
  for (const each of document.querySelectorAll<HTMLElement>('body > #main, body > .lm-Widget:not(#viva-form)')) {
    each.inert = inert;
  }
}
