/** Decides what the right-hand panel is made of, and in which order it is read. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { panelIcon } from './icon.ts';
import { EMPTY_ROOM, type Room } from './room.ts';
import type { SavedState } from './saved.ts';
import { BriefView } from './views/brief.ts';
import { DisclosureView } from './views/disclosure.ts';
import { element, setText } from './views/dom.ts';
import { NoticeView } from './views/notice.ts';
import { QuestionsView } from './views/questions.ts';
import { receiptElement } from './views/receipt.ts';
import { SavedView } from './views/saved.ts';
import { SubmitView } from './views/submit.ts';
import { TimeView } from './views/time.ts';

const TICK_MS = 1000;

export interface PanelActions {
  open: (path: string) => void;
  submit: () => void;
  /** Unfold the panel, without taking the focus. */
  reveal: () => void;
  receiptUrl: (room: Room) => string | null;
}

export class InterviewPanel extends Widget {
  readonly #time: TimeView;
  readonly #notice = new NoticeView();
  readonly #saved = new SavedView();
  readonly #kernel = element('p', 'viva-Kernel', [], { role: 'status', 'aria-live': 'polite' });
  readonly #questions: QuestionsView;
  readonly #brief: BriefView;
  readonly #disclosure = new DisclosureView();
  readonly #submit: SubmitView;
  readonly #receipt = element('div', 'viva-Panel-receipt');
  readonly #heading = element('h2', 'viva-Panel-heading', ['Interview'], { tabindex: '-1' });
  readonly #receiptUrl: PanelActions['receiptUrl'];
  #room: Room = EMPTY_ROOM;
  #ticking: number | undefined;

  constructor(rendermime: IRenderMimeRegistry, actions: PanelActions) {
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
    this.#submit = new SubmitView(actions.submit);
    this.#receiptUrl = actions.receiptUrl;
    const head = element('header', 'viva-Head', [
      this.#heading,
      this.#time.node,
      this.#saved.node,
      this.#kernel,
      this.#notice.node,
      this.#questions.node
    ]);
    const middle = element('div', 'viva-Middle', [
      this.#receipt,
      this.#brief.node,
      this.#disclosure.node
    ]);
    this.node.append(head, middle, this.#submit.node);
  }

  /** Show what the room knows. */
  display(room: Room): void {
    const receiptIsNew = room.submitted !== null && room.submitted !== this.#room.submitted;
    this.#room = room;
    this.#tick();
    this.#notice.update(room);
    this.#questions.update(room);
    this.#brief.update(room);
    this.#disclosure.update(room);
    this.#submit.update(room);
    if (receiptIsNew && room.submitted !== null) {
      this.#receipt.replaceChildren(receiptElement(room.submitted, this.#receiptUrl(room)));
    }
  }

  displaySaved(state: SavedState): void {
    this.#saved.update(state);
  }

  /** Say what became of a kernel; nothing for an empty text. */
  displayKernel(text: string): void {
    setText(this.#kernel, text);
  }

  /** Put the keyboard into the panel, at its top. */
  focus(): void {
    this.#heading.focus();
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

  #tick(): void {
    this.#time.update(this.#room, Date.now());
  }
}
