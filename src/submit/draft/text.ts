/**
 * What strangers may write where people read it: plain text. Pages escape it, terminals and mail do not, and a text that
 * reads as another one is worse than a broken page. Judged here once, for names, hints, reasons and whatever else is said.
 */

/** Why a text is no plain text. */
export type TextFault = 'html' | 'control' | 'invisible' | 'broken' | 'marks' | 'link';

/** Tags, comments, character references: what a browser would read as something else than it says. */
const html = /<[a-z/!?]|&(?:#\d+|#x[0-9a-f]+|[a-z]{2,31});/i;
/** Format characters (zero-width, bidi controls, tags), separators of lines, letters that show nothing (UTS 39 section 3). */
const invisible = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Halves of characters, and what no font knows. */
const broken = /[\p{Cs}\p{Co}\p{Cn}]/u;
/** Accents stacked until they cover the lines around them. */
const marks = /\p{M}{4}/u;
/** A link with a scheme that is not https; found by its end, because from each letter on, a scheme might begin. */
const link = /(?<!(?<![a-z0-9+.-])https):\/\/|\b(?:javascript|vbscript|data|file|blob|mailto):\S/i;

/** What is wrong with a text, the worst first; undefined where it is plain. @param lines whether it may have several lines */
export function textFault(text: string, { lines = false } = {}): TextFault | undefined {
  if (broken.test(text)) return 'broken';
  if (/\p{Cc}/u.test(lines ? text.replaceAll(/\r?\n/g, '') : text)) return 'control';
  if (invisible.test(text)) return 'invisible';
  if (html.test(text)) return 'html';
  if (marks.test(text.normalize('NFD'))) return 'marks';
  return link.test(text) ? 'link' : undefined;
}
