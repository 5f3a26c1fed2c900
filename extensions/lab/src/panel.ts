/** Decides what the right-hand panel is made of, and in which order it is read. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import type { Appearance } from './appearance.ts';
import { panelIcon } from './icon.ts';
import { EMPTY_ROOM, phaseOf, type Room } from './room.ts';
import { BriefView } from './views/brief.ts';
import { element, setText } from './views/dom.ts';
import { HelpView, type HelpActions } from './views/help.ts';
import { NoticeView } from './views/notice.ts';
import { PartsView, type Checker } from './views/parts.ts';
import { QuestionsView } from './views/questions.ts';
import { receiptElement } from './views/receipt.ts';
import { SchemaView, type ReadSchema } from './views/schema.ts';
import { StatusView } from './views/status.ts';
import { SubmitView } from './views/submit.ts';
import { TabsView } from './views/tabs.ts';
import { TimeView } from './views/time.ts';

const TICK_MS = 1000;
// As in panel.css: from here on the panel may be narrower.
const NARROWER = '(width <= 900px)';

export interface PanelActions extends HelpActions {
  open: (path: string) => void;
  submit: () => void;
  /** End practice. */
  begin: () => void;
  /** Unfold the panel, without taking the focus. */
  reveal: () => void;
  receiptUrl: (room: Room) => string | null;
  schema: ReadSchema;
  checker: Checker;
}

export class InterviewPanel extends Widget {
  readonly #time: TimeView;
  readonly #status = new StatusView();
  readonly #notice = new NoticeView();
  readonly #kernel = element('p', 'viva-Kernel', [], { role: 'status', 'aria-live': 'polite' });
  readonly #space = element('p', 'viva-Space', [], { role: 'status', 'aria-live': 'polite' });
  readonly #questions: QuestionsView;
  readonly #brief: BriefView;
  readonly #parts: PartsView;
  readonly #schema: SchemaView;
  readonly #help: HelpView;
  readonly #tabs: TabsView;
  readonly #submit: SubmitView;
  readonly #receipt = element('div', 'viva-Panel-receipt');
  readonly #heading = element('h2', 'viva-Panel-heading', ['Interview'], { tabindex: '-1' });
  readonly #receiptUrl: PanelActions['receiptUrl'];
  #room: Room = EMPTY_ROOM;
  #ticking: number | undefined;

  constructor(rendermime: IRenderMimeRegistry, appearance: Appearance, actions: PanelActions) {
    super();
    this.id = 'viva-interview';
    this.title.caption = 'Interview';
    this.title.icon = panelIcon;
    this.addClass('viva-Panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', 'Interview');
    this.#time = new TimeView(actions.reveal);
    this.#questions = new QuestionsView(actions.open);
    this.#brief = new BriefView(rendermime);
    this.#parts = new PartsView(actions.checker);
    this.#schema = new SchemaView(actions.schema);
    this.#help = new HelpView(appearance, actions);
    this.#submit = new SubmitView(actions);
    this.#receiptUrl = actions.receiptUrl;
    this.#tabs = this.#makeTabs();
    this.node.append(this.#head(), this.#middle(), this.#submit.node);
    // JupyterLab asks for a panel's least width once, and would cut what has become wider since.
    window.matchMedia(NARROWER).addEventListener('change', () => this.parent?.fit());
  }

  /** Show what the room knows. */
  display(room: Room): void {
    const receiptIsNew = room.submitted !== null && room.submitted !== this.#room.submitted;
    this.#room = room;
    this.#tick();
    this.#status.update(room);
    this.#notice.update(room);
    this.#questions.update(room);
    this.#brief.update(room);
    this.#parts.update();
    this.#help.update(room);
    this.#submit.update(room);
    const over = phaseOf(room) === 'submitted';
    this.#tabs.list.hidden = over;
    this.#tabs.pages.hidden = over;
    if (receiptIsNew && room.submitted !== null) {
      this.#receipt.replaceChildren(receiptElement(room.submitted, this.#receiptUrl(room)));
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

  /** Put the keyboard into the panel, at its top. */
  focus(): void {
    this.#heading.focus();
  }

  /** Check a part and show what came of it. */
  async check(title: string): Promise<void> {
    this.#tabs.select('check');
    await this.#parts.run(title);
  }

  protected override onAfterAttach(message: unknown): void {
    super.onAfterAttach(message);
    this.#ticking = window.setInterval(() => this.#tick(), TICK_MS);
    this.display(this.#room);
  }

  protected override onBeforeDetach(message: unknown): void {
    window.clearInterval(this.#ticking);
    super.onBeforeDetach(message);
  }

  #makeTabs(): TabsView {
    const tabs = [
      { id: 'brief', label: 'Brief', content: this.#brief.node },
      { id: 'check', label: 'Check', content: this.#parts.node },
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

  #head(): HTMLElement {
    return element('div', 'viva-Head', [
      this.#heading,
      this.#time.node,
      this.#status.node,
      this.#kernel,
      this.#space,
      this.#notice.node,
      this.#questions.node
    ]);
  }

  #middle(): HTMLElement {
    const scrolled = element('div', 'viva-Middle', [this.#receipt, this.#tabs.pages]);
    return element('div', 'viva-Body', [this.#tabs.list, scrolled]);
  }

  #tick(): void {
    this.#time.update(this.#room, Date.now());
    this.#parts.update();
  }
}
