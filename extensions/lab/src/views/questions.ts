/** Decides how the interview's questions are listed and switched between. */

import type { Brief, PanelQuestion } from '../panel.gen.ts';
import { phaseOf, type Room } from '../room.ts';
import { element } from './dom.ts';

const KINDS: Readonly<Record<string, string>> = { python: 'Python', sql: 'SQL' };

export class QuestionsView {
  readonly node: HTMLElement;
  readonly #list = element('ol', 'viva-Questions-list');
  readonly #open: (path: string) => void;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  #brief: Brief | null = null;

  constructor(open: (path: string) => void) {
    this.#open = open;
    this.node = element('nav', 'viva-Questions', [this.#list], { 'aria-label': 'Questions' });
  }

  update(room: Room): void {
    this.node.hidden = room.brief === null || phaseOf(room) === 'submitted';
    if (room.brief !== null && !sameQuestions(room.brief, this.#brief)) {
      this.#rebuild(room.brief);
    }
    this.#brief = room.brief;
    for (const [path, each] of this.#buttons) {
      if (path === room.current) {
        each.setAttribute('aria-current', 'true');
      } else {
        each.removeAttribute('aria-current');
      }
    }
  }

  #rebuild(brief: Brief): void {
    this.#buttons.clear();
    this.#list.replaceChildren(
      ...brief.questions.map((question, index) => {
        const each = this.#button(question, index + 1);
        this.#buttons.set(question.path, each);
        return element('li', '', [each]);
      })
    );
  }

  #button(question: PanelQuestion, number: number): HTMLButtonElement {
    const kind = KINDS[question.kind] ?? question.kind;
    const each = element(
      'button',
      'viva-Question',
      [
        element('span', 'viva-Question-number', [String(number)], { 'aria-hidden': 'true' }),
        element('span', 'viva-Question-title', [question.title]),
        element('span', 'viva-Question-kind', [`${kind} · about ${question.minutes} min`])
      ],
      { type: 'button' }
    );
    each.addEventListener('click', () => this.#open(question.path));
    return each;
  }
}

function sameQuestions(one: Brief, other: Brief | null): boolean {
  return other !== null && JSON.stringify(one.questions) === JSON.stringify(other.questions);
}
