/**
 * As much of a message's form (RFC 5322, RFC 2045, RFC 2046) as it takes to recognise one of our own, and a bounce. Texts are
 * octets as latin1, as they came over the wire.
 */

export interface Entity {
  /** Fields in order, names in lower case, folded lines joined. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Takes a message, or one part of it, apart; what is no header field is left out. */
export function parseEntity(raw: string): Entity {
  const text = raw.replaceAll(/\r?\n/g, '\n');
  // A part may have no headers at all, then it begins with its empty line.
  const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const body = end < 0 ? '' : text.slice(end === 0 ? 1 : end + 2);
  const headers = head
    .replaceAll(/\n[ \t]+/g, ' ')
    .split('\n')
    .flatMap((line): [string, string][] => {
      const found = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line);
      return found ? [[(found[1] ?? '').toLowerCase(), (found[2] ?? '').trim()]] : [];
    });
  return { headers, body };
}

export function headerOf({ headers }: Entity, name: string): string | undefined {
  return headers.find(([found]) => found === name)?.[1];
}

/** `multipart/report`, in lower case; what says nothing is text (RFC 2045 section 5.2). */
export function typeOf(entity: Entity): string {
  return /^[^\s;]+/.exec(headerOf(entity, 'content-type') ?? '')?.[0].toLowerCase() ?? 'text/plain';
}

/** Nobody nests deeper for an honest reason. */
const deepest = 5;

/** The parts of a message that are no multiparts themselves, in order. */
export function leavesOf(entity: Entity, depth = 0): Entity[] {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(headerOf(entity, 'content-type') ?? '');
  const mark = boundary?.[1] ?? boundary?.[2];
  if (!typeOf(entity).startsWith('multipart/') || mark === undefined || depth >= deepest) return [entity];
  const parts = `\n${entity.body}`.split(`\n--${mark}`).slice(1);
  const end = parts.findIndex((part) => part.startsWith('--'));
  return parts
    .slice(0, end < 0 ? undefined : end)
    .flatMap((part) => leavesOf(parseEntity(part.replace(/^[ \t]*\n/, '')), depth + 1));
}

/** The body without its transfer encoding (RFC 2045 section 6). */
export function contentOf(entity: Entity): string {
  const encoding = headerOf(entity, 'content-transfer-encoding')?.toLowerCase();
  if (encoding === 'quoted-printable')
    return entity.body
      .replaceAll(/=[ \t]*\n/g, '')
      .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (encoding !== 'base64') return entity.body;
  try {
    return atob(entity.body.replaceAll(/[^a-z0-9+/]/gi, ''));
  } catch {
    return entity.body;
  }
}
