/** Decides how names are completed in a plain field: asked of the kernel, chosen from a list below. */

import type { Kernel } from '@jupyterlab/services';

import { button, element, setText } from '../views/dom.ts';

const MOST = 30;
const NONE = 'Nothing to complete here.';
const NO_KERNEL = 'The kernel does not answer yet.';
const HOW = 'Arrow keys choose, Enter inserts, Esc goes back.';

export interface Offers {
  readonly words: readonly string[];
  /** Where the chosen word goes, in the field's own counting. */
  readonly start: number;
  readonly end: number;
}

/** What the kernel offers at the cursor: the same that Tab offers in the notebook. */
export async function offersOf(kernel: Kernel, text: string, cursor: number): Promise<Offers> {
  // Kernels count characters, browsers halves of them.
  const { content } = await kernel.requestComplete({ code: text, cursor_pos: [...text.slice(0, cursor)].length });
  const at = (count: number): number => [...text].slice(0, count).join('').length;
  const words = [...new Set(content.matches ?? [])].slice(0, MOST);
  return { words, start: at(content.cursor_start ?? 0), end: at(content.cursor_end ?? 0) };
}

export class OffersView {
  readonly node = element('div', 'viva-Offers');
  readonly #said = element('p', 'viva-Hint', [], { role: 'status' });
  readonly #list = element('div', 'viva-Offers-list', [], { role: 'listbox', 'aria-label': 'Completions' });
  readonly #area: HTMLTextAreaElement;
  readonly #kernel: () => Promise<Kernel | null>;

  constructor(area: HTMLTextAreaElement, kernel: () => Promise<Kernel | null>) {
    this.#area = area;
    this.#kernel = kernel;
    this.#list.hidden = true;
    this.node.append(this.#said, this.#list);
    area.addEventListener('keydown', event => {
      if (event.key === ' ' && event.ctrlKey) {
        event.preventDefault();
        void this.open();
      }
    });
    area.addEventListener('input', () => this.#close());
    this.#list.addEventListener('keydown', event => this.#onKey(event));
  }

  /** Ask, and put the keyboard on the first offer; a single one is taken at once. */
  async open(): Promise<void> {
    const { value, selectionStart } = this.#area;
    const kernel = await this.#kernel();
    if (kernel === null) {
      this.#close(NO_KERNEL);
      return;
    }
    const offers = await offersOf(kernel, value, selectionStart);
    const [first] = offers.words;
    if (first === undefined || this.#area.value !== value) {
      this.#close(NONE);
    } else if (offers.words.length === 1) {
      this.#take(first, offers);
    } else {
      this.#show(offers);
    }
  }

  #show(offers: Offers): void {
    const options = offers.words.map((word, index) => {
      const option = button(word, 'viva-Offer', () => this.#take(word, offers));
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.tabIndex = index === 0 ? 0 : -1;
      return option;
    });
    this.#list.replaceChildren(...options);
    this.#list.hidden = false;
    setText(this.#said, `${options.length} completions. ${HOW}`);
    this.#select(0);
  }

  #select(index: number): void {
    const options = [...this.#list.querySelectorAll('button')];
    options.forEach((option, at) => {
      option.tabIndex = at === index ? 0 : -1;
      option.setAttribute('aria-selected', String(at === index));
    });
    options[index]?.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const options = [...this.#list.querySelectorAll('button')];
    const at = options.findIndex(each => each === document.activeElement);
    const last = options.length - 1;
    const to = { ArrowDown: Math.min(last, at + 1), ArrowUp: Math.max(0, at - 1), Home: 0, End: last }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.#select(to);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      // It closes this list, and nothing that lies around it.
      event.stopPropagation();
      this.#close();
      this.#area.focus();
    }
  }

  #take(word: string, { start, end }: Offers): void {
    this.#close();
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
    // The only way to insert text that the browser's own undo knows of.
    document.execCommand('insertText', false, word);
    setText(this.#said, `${word} inserted.`);
  }

  #close(words = ''): void {
    setText(this.#said, words);
    this.#list.hidden = true;
    this.#list.replaceChildren();
  }
}
