/** Decides how the panel writes HTML: elements with text in them, never a string of markup. */

type Attributes = Readonly<Record<string, string>>;

/** An element with a class, attributes and children; strings become text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  children: readonly (Node | string)[] = [],
  attributes: Attributes = {}
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') {
    made.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A button in JupyterLab's own style. */
export function button(label: string, className: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', `jp-mod-styled ${className}`, [label], { type: 'button' });
  made.addEventListener('click', onClick);
  return made;
}

/** Change an element's text only if it differs, so that screen readers are not told it again. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

export function timeOfDay(iso: string): string {
  return new Date(iso).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
}
