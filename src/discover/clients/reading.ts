/** What the readers of several clients share: children of an element, placeholders, ports. */
import { childrenOf, type Element } from '../../formats/xml.ts';
import { fillUsername } from '../../provider/login.ts';
import type { Person } from './model.ts';

/** The text of the first child of that name, with the white space that stands in it. */
export function first(element: Element, name: string): string | undefined {
  return childrenOf(element, name)[0]?.verbatim;
}

/** The text of the last one: what a parser keeps that assigns each to the same variable. */
export function last(element: Element, name: string): string | undefined {
  return childrenOf(element, name).at(-1)?.verbatim;
}

/** The element and everything in it, in the order of the document. */
export function everything(element: Element): Element[] {
  return [element, ...element.children.flatMap(everything)];
}

/** All three placeholders, wherever they stand. */
export function fill(text: string, person: Person): string {
  return fillUsername(text, person) ?? text;
}

/** Digits alone, as strict parsers want them. */
export function strictPort(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

/** As those take it who look no further: what is no port is 0, which leads nowhere. */
export function loosePort(text: string | undefined): number {
  return strictPort(text?.trim()) ?? 0;
}
