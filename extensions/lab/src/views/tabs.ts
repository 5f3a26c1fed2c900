/** Decides how the panel's tabs behave: one page at a time, arrow keys between them. */

import { element } from './dom.ts';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: HTMLElement;
}

let made = 0;

export class TabsView {
  readonly list = element('div', 'viva-Tabs', [], { role: 'tablist', 'aria-label': 'Interview' });
  readonly pages = element('div', 'viva-Pages');
  readonly #tabs: readonly Tab[];
  readonly #buttons: HTMLButtonElement[];
  readonly #panels: HTMLElement[];
  readonly #shown: (id: string) => void;
  #selected = 0;

  constructor(tabs: readonly Tab[], shown: (id: string) => void) {
    made += 1;
    this.#tabs = tabs;
    this.#shown = shown;
    this.#buttons = tabs.map((tab, index) => this.#button(tab, index));
    this.#panels = tabs.map(({ id, content }) =>
      element('div', 'viva-Page', [content], {
        id: `viva-${made}-page-${id}`,
        role: 'tabpanel',
        tabindex: '0',
        'aria-labelledby': `viva-${made}-tab-${id}`
      })
    );
    this.list.append(...this.#buttons);
    this.pages.append(...this.#panels);
    this.list.addEventListener('keydown', event => this.#onKey(event));
    this.#show(0);
  }

  select(id: string): void {
    this.#show(this.#tabs.findIndex(each => each.id === id));
    this.#shown(id);
  }

  #button({ id, label }: Tab, index: number): HTMLButtonElement {
    const each = element('button', 'viva-Tab', [label], {
      type: 'button',
      role: 'tab',
      id: `viva-${made}-tab-${id}`,
      'aria-controls': `viva-${made}-page-${id}`
    });
    each.addEventListener('click', () => {
      this.#show(index);
      this.#shown(id);
    });
    return each;
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#tabs.length - 1;
    const to = {
      ArrowRight: this.#selected === last ? 0 : this.#selected + 1,
      ArrowLeft: this.#selected === 0 ? last : this.#selected - 1,
      Home: 0,
      End: last
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.select(this.#tabs[to]?.id ?? '');
      this.#buttons[to]?.focus();
    }
  }

  #show(index: number): void {
    this.#selected = index;
    this.#buttons.forEach((each, at) => {
      each.setAttribute('aria-selected', String(at === index));
      each.tabIndex = at === index ? 0 : -1;
    });
    this.#panels.forEach((each, at) => {
      each.hidden = at !== index;
    });
  }
}
