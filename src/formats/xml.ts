/**
 * XML from strangers, as a small tree. Document type declarations are refused altogether (no entities, no external files,
 * no bombs), size and depth are bounded, namespaces are ignored.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text directly inside, trimmed. */
  readonly text: string;
  /** The same with the white space around it, which some readers trip over. */
  readonly verbatim: string;
  readonly children: readonly Element[];
}

/** The text is not XML that we read; the message says why, in a clause. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** The largest file in any public collection has 20 kB. */
const maxCharacters = 1024 * 1024;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  htmlEntities: true,
  removeNSPrefix: true,
});

/**
 * The root element of a document.
 * @throws {XmlError} for anything that is not one well-formed element without a document type
 */
export function parseXml(text: string): Element {
  if (text.length > maxCharacters) throw new XmlError('the file is larger than 1 MB');
  const source = text.replace(/^\uFEFF/, '');
  // Any declaration: the parser takes what it does not know, such as <!ENTITY>, for an element.
  if (/<!(?!--|\[CDATA\[)/.test(source))
    throw new XmlError('the file has a document type declaration, which is not read');
  const valid = XMLValidator.validate(source);
  if (valid !== true) throw new XmlError(`line ${valid.err.line}: ${brief(valid.err.msg)}`);
  let nodes: unknown;
  try {
    nodes = parser.parse(source);
  } catch (error) {
    throw new XmlError(brief(error instanceof Error ? error.message : String(error)));
  }
  const roots = elements(nodes);
  const [root] = roots;
  if (!root || roots.length > 1) throw new XmlError('the file does not have exactly one root element');
  return root;
}

/** The parser quotes what it stumbles over, however long that is. */
function brief(message: string): string {
  return message
    .replace(/\.$/, '')
    .slice(0, 160)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ');
}

/** The start of an element as a sentence shows it, whose name is of any length. */
export function shownTag({ name }: Element): string {
  return name.length > 80 ? `<${name.slice(0, 80).toWellFormed()}…>` : `<${name}>`;
}

/** All children of that name. */
export function childrenOf(element: Element, name: string): Element[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first child of that name; empty where there is none. */
export function textOf(element: Element, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

/** fast-xml-parser's ordered form: `[{ name: [children…], ':@': attributes }, { '#text': … }]`. */
function elements(nodes: unknown): Element[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Record<string, unknown>) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const inner = node[name];
    const text = Array.isArray(inner) ? inner.map((part: { '#text'?: string }) => part['#text'] ?? '').join('') : '';
    const attributes = Object.fromEntries(Object.entries(node[':@'] ?? {}).map(([key, value]) => [key, value.trim()]));
    return [{ name, attributes, text: text.trim(), verbatim: text, children: elements(inner) }];
  });
}
