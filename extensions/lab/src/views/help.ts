/** Decides what the candidate can look up at any time: looks, keys, rules, what is recorded, packages. */

import type { Appearance, Look } from '../appearance.ts';
import type { Packages } from '../room.gen.ts';
import type { Room } from '../room.ts';
import { DisclosureView } from './disclosure.ts';
import { button, element } from './dom.ts';

export interface HelpActions {
  /** To the other way to work; null where a button beside this page leads there. */
  other: { label: string; go: () => void } | null;
  keys: readonly (readonly [string, string])[];
  scratch: () => void;
  packages: () => Promise<Packages | string>;
}

const LOOKS: Readonly<Record<Look, string>> = {
  system: 'As my system',
  light: 'Light',
  dark: 'Dark',
  'contrast-light': 'High contrast, light',
  'contrast-dark': 'High contrast, dark'
};
export const NOTEBOOK_KEYS: readonly (readonly [string, string])[] = [
  ['Shift+Enter', 'Run the cell and go to the next'],
  ['Ctrl+Enter', 'Run the cell'],
  ['Tab', 'Complete a name, a table or a column'],
  ['Esc, then A or B', 'New cell above or below'],
  ['Ctrl+S', 'Save now (it is saved every few seconds)'],
  ['Alt+Shift+V', 'Go to this panel'],
  ['Alt+Shift+C', 'Check the part that you are in'],
  ['Alt+Shift+F', 'One part at a time, as plain fields']
];
export const FORM_KEYS: HelpActions['keys'] = [
  ['Ctrl+Space', 'Complete a name, a table or a column'],
  ['Esc', 'Back to your answer'],
  ['Tab', 'On to the next field or button'],
  ['Alt+Shift+F', 'The notebook, or one part at a time']
];
const RULES: readonly string[] = [
  'Work in any order. Run and check as often as you like: it does not count.',
  'Add cells where you need them. A scratch notebook is yours alone: it is not handed in.',
  'Submit hands in every question. When time is up, what was saved last is handed in.',
  'Time that is lost by our fault is added by itself, and said.',
  'Nothing can be installed: the room has no network.'
];

let made = 0;

export class HelpView {
  readonly node = element('section', 'viva-Help', [], { 'aria-label': 'Help' });
  readonly #disclosure = new DisclosureView();
  readonly #packages = element('div', '');
  readonly #actions: HelpActions;
  readonly #appearance: Appearance;
  #asked = false;

  constructor(appearance: Appearance, actions: HelpActions) {
    this.#actions = actions;
    this.#appearance = appearance;
    this.node.append(
      element('div', 'viva-Row', [
        ...(actions.other === null ? [] : [button(actions.other.label, 'viva-Small', actions.other.go)]),
        button('Scratch notebook', 'viva-Small', actions.scratch)
      ]),
      this.#looks(),
      section('Keys', [keysElement(actions.keys)], true),
      section('Rules', [element('ul', '', RULES.map(each => element('li', '', [each])))], true),
      this.#disclosure.node,
      section('Packages', [this.#packages])
    );
  }

  update(room: Room): void {
    this.#disclosure.update(room);
  }

  /** Ask for the packages when the page is first looked at. */
  open(): void {
    if (!this.#asked) {
      this.#asked = true;
      void this.#actions.packages().then(answer => this.#packages.replaceChildren(packagesElement(answer)));
    }
  }

  #looks(): HTMLElement {
    made += 1;
    const name = `viva-look-${made}`;
    const inputs = (Object.keys(LOOKS) as Look[]).map(look => {
      const input = element('input', '', [], { type: 'radio', name, value: look });
      input.addEventListener('change', () => void this.#appearance.choose(look));
      return { look, input };
    });
    const mark = (): void => {
      inputs.forEach(({ look, input }) => {
        input.checked = look === this.#appearance.look;
      });
    };
    this.#appearance.watch(mark);
    mark();
    const labels = inputs.map(({ look, input }) => element('label', 'viva-Look', [input, LOOKS[look]]));
    const sizes = [
      button('Smaller text', 'viva-Small', () => void this.#appearance.resize(false)),
      button('Larger text', 'viva-Small', () => void this.#appearance.resize(true))
    ];
    return element('fieldset', 'viva-Looks', [
      element('legend', '', ['Looks']),
      element('div', 'viva-Row', labels),
      element('div', 'viva-Row', sizes)
    ]);
  }
}

function keysElement(keys: HelpActions['keys']): HTMLElement {
  return element(
    'dl',
    'viva-Keys',
    keys.flatMap(([keys, words]) => [
      element('dt', '', [element('kbd', '', [keys])]),
      element('dd', '', [words])
    ])
  );
}

function packagesElement(answer: Packages | string): HTMLElement {
  if (typeof answer === 'string') {
    return element('p', '', [answer]);
  }
  const lines = [`Python ${answer.python} and its standard library`, ...answer.packages.map(each => `${each.name} ${each.version}`)];
  return element('ul', '', lines.map(each => element('li', '', [each])));
}

function section(title: string, children: HTMLElement[], open = false): HTMLElement {
  const details = element('details', 'viva-Details', [element('summary', '', [title]), ...children]);
  details.open = open;
  return details;
}
