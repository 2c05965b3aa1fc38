/** Explains the error message that somebody pastes. The list of messages is loaded; the message goes nowhere. */
import type { MessageEntry } from '../../../provider/lists.ts';
import { explainMessage } from '../../../provider/messages.ts';
import { made, one, oneOf } from './dom.ts';

type Listed = Pick<MessageEntry, 'id' | 'pattern' | 'protocols' | 'providers' | 'meaning' | 'cure' | 'source'>;

/** Loaded once, when somebody first wants to paste something. */
let list: Promise<readonly Listed[]> | undefined;

export function enableErrors(): void {
  const box = one('.errors');
  const field = oneOf(HTMLTextAreaElement, '#message');
  if (!box || !field) return;
  box.hidden = false;
  field.addEventListener('focus', () => void messages().catch(() => undefined));
  field.addEventListener('input', () => void explain(box, field.value));
}

async function explain(box: HTMLElement, text: string): Promise<void> {
  const place = one('.explained', box);
  if (text.trim().length < 3) return place?.replaceChildren();
  const provider = box.dataset['of'];
  try {
    const entry = explainMessage(await messages(), text, provider === undefined ? {} : { provider });
    place?.replaceChildren(...(entry ? explanation(box, entry) : [made('p', box.dataset['unknown'])]));
  } catch {
    place?.replaceChildren(made('p', box.dataset['failed']));
  }
}

function explanation(box: HTMLElement, { meaning, cure, source }: Listed): Node[] {
  const language = document.documentElement.lang === 'de' ? 'de' : 'en';
  const note = made('div');
  note.className = 'note';
  note.append(made('p', meaning[language]));
  if (one(`#step-${cure}`)) note.append(linkTo(`#step-${cure}`, box.dataset['step'] ?? ''));
  const seen = linkTo(source, box.dataset['seen'] ?? '');
  seen.className = 'small';
  note.append(seen);
  return [note];
}

function linkTo(href: string, text: string): HTMLParagraphElement {
  const link = made('a', text);
  link.href = href;
  link.rel = 'noreferrer';
  const paragraph = made('p');
  paragraph.append(link);
  return paragraph;
}

async function messages(): Promise<readonly Listed[]> {
  list ??= load();
  try {
    return await list;
  } catch (error) {
    list = undefined;
    throw error;
  }
}

async function load(): Promise<readonly Listed[]> {
  const response = await fetch('/api/v1/messages');
  if (!response.ok) throw new Error(String(response.status));
  return ((await response.json()) as { messages: readonly Listed[] }).messages;
}
