// Elements in one expression.

type Attributes = Record<string, string | boolean | undefined>;

/** An element with attributes (absent where undefined or false) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | undefined)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** One of VS Code's own icons; it is for the eye alone. */
export function icon(name: string): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}

/** A button; one with an icon alone says by `label` what it does. */
export function button(
  { label, icon: name, text, kind = 'plain' }: { label?: string; icon?: string; text?: string; kind?: string },
  onClick: () => void,
): HTMLButtonElement {
  const attributes = { type: 'button', class: `button ${kind}`, title: label, 'aria-label': text === undefined ? label : undefined };
  const element = h('button', attributes, name === undefined ? undefined : icon(name), text);
  element.addEventListener('click', onClick);
  return element;
}
