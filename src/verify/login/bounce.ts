/** Reports that a message was not delivered (RFC 3464, within RFC 6522). */
import { contentOf, leavesOf, parseEntity, typeOf } from './mime.ts';

export interface Bounce {
  /** `failed`: it will not be delivered; `delayed`: somebody still tries (RFC 3464 section 2.3.3). */
  readonly action: 'failed' | 'delayed';
  /** RFC 3463, `5.1.1` */
  readonly status?: string;
  /** The host that refused, as far as it is named. */
  readonly host?: string;
  /** What that host said, in its own words. */
  readonly heard: string;
}

/**
 * Reads a report about our own message.
 * @param raw the whole message, octets as latin1
 * @param id what our message is known by; somebody else's bounce in the same mailbox is none of our business
 */
export function readBounce(raw: string, id: string): Bounce | undefined {
  const report = parseEntity(raw);
  const leaves = leavesOf(report);
  if (!raw.includes(id) && !leaves.some((leaf) => contentOf(leaf).includes(id))) return undefined;
  const status = leaves.find((leaf) => typeOf(leaf) === 'message/delivery-status');
  // qmail and others write a letter; what is in the inbox, names our message and is not ours is that.
  if (!status) return { action: 'failed', heard: (leaves[0] ? letter(contentOf(leaves[0])) : undefined) ?? '' };
  // Fields about the message, an empty line, then a block for each recipient (section 2.1).
  const blocks = contentOf(status)
    .split(/\n{2,}/)
    .map((block) => new Map(parseEntity(block).headers));
  const recipient = blocks.find((block) => block.has('action')) ?? new Map<string, string>();
  const action = recipient.get('action')?.toLowerCase();
  // `relayed`, `expanded` and `delivered` are good news that nobody asked for.
  if (action !== undefined && action !== 'failed' && action !== 'delayed') return undefined;
  const code = recipient.get('status');
  const host = bare(recipient.get('remote-mta')) ?? bare(blocks[0]?.get('reporting-mta'));
  const heard = bare(recipient.get('diagnostic-code')) ?? code ?? '';
  return {
    action: action ?? 'failed',
    ...(code !== undefined && { status: code }),
    ...(host !== undefined && { host }),
    heard,
  };
}

/** `smtp; 550 no` -> `550 no`: the type in front is for programs (section 2.1.2). */
function bare(field: string | undefined): string | undefined {
  return field?.replace(/^[\w-]+\s*;\s*/, '').trim();
}

/** The lines of a letter that look like a server's answer, else its first ones. */
function letter(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /\b[45]\d\d\b/.test(line)) ?? lines.slice(0, 3).join(' ');
}
