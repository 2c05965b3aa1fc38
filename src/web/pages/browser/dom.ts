/** The first element that a selector finds. */
export function one(selector: string, within: ParentNode = document): HTMLElement | null {
  return within.querySelector<HTMLElement>(selector);
}

/** The same where it is of this kind. */
export function oneOf<E extends HTMLElement>(kind: new () => E, selector: string, within?: ParentNode): E | undefined {
  const found = one(selector, within);
  return found instanceof kind ? found : undefined;
}

export function all(selector: string, within: ParentNode = document): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>(selector)];
}

/** An element with a text in it, which is never taken for HTML. */
export function made<K extends keyof HTMLElementTagNameMap>(tag: K, text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}
