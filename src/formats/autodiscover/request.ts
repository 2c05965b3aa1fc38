/** What a client sends to Autodiscover ([MS-OXDSCLI] 2.2.3, [MS-ASCMD] 2.2.1.1). */
import { childrenOf, type Element, parseXml, textOf, XmlError } from '../xml.ts';
import { schemas } from './vocabulary.ts';

export interface AutodiscoverRequest {
  /** As it was typed; undefined where it is missing or empty. */
  readonly address: string | undefined;
  /** The first schema that the client accepts and that we know of. */
  readonly accepts: keyof typeof schemas | 'other';
}

/**
 * Reads a request. Generous where clients differ: any namespace (Outlook and ActiveSync clients have one each), any case of
 * element names, elements that we do not know, no `AcceptableResponseSchema`. Whoever sends none is taken for Outlook.
 * @throws {XmlError} where it is not XML, has a document type declaration, or is something else
 */
export function parseRequest(text: string): AutodiscoverRequest {
  const root = lowerCase(parseXml(text));
  if (root.name !== 'autodiscover') throw new XmlError('the root element is not Autodiscover');
  const [request] = childrenOf(root, 'request');
  if (!request) throw new XmlError('there is no Request in it');
  const accepted = childrenOf(request, 'acceptableresponseschema').map(({ text: schema }) => schema);
  const known = (['outlook', 'mobilesync'] as const).find((name) => accepted.includes(schemas[name]));
  return {
    address: textOf(request, 'emailaddress') || undefined,
    accepts: accepted.length === 0 ? 'outlook' : (known ?? 'other'),
  };
}

function lowerCase({ name, children, ...rest }: Element): Element {
  return { ...rest, name: name.toLowerCase(), children: children.map(lowerCase) };
}
