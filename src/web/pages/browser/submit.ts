/**
 * The script of the form: rows for more servers, and mistakes while one types. What is right, the server says: it gets the
 * form to be judged, stores nothing of it, and answers with the page that tells the mistakes.
 */
import { all, one, oneOf } from './dom.ts';

/** Milliseconds without another letter after which somebody wants to know. */
const pause = 600;

const form = oneOf(HTMLFormElement, 'form.submit');
/** Fields that somebody has been in: of the others nobody wants to hear yet. */
const touched = new Set<string>();
let asked = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

for (const button of all('button.another')) {
  button.hidden = false;
  button.addEventListener('click', () => another(button));
}
form?.addEventListener('focusout', ({ target }) => {
  const name = target instanceof Element ? target.getAttribute('name') : null;
  if (name === null) return;
  touched.add(name);
  later();
});
form?.addEventListener('input', later);
one('#wrong')?.focus();

/** A row like the last one, empty, and numbered one higher. */
function another(button: HTMLElement): void {
  const rows = button.parentElement?.previousElementSibling;
  const last = rows?.lastElementChild;
  if (!(rows instanceof HTMLElement) || !last || rows.children.length >= Number(rows.dataset['most'])) return;
  const n = rows.children.length;
  const row = last.cloneNode(true) as HTMLElement;
  for (const element of [row, ...all('*', row)]) {
    for (const { name, value } of Array.from(element.attributes))
      if (value.includes(`/${n - 1}/`)) element.setAttribute(name, value.replaceAll(`/${n - 1}/`, `/${n}/`));
    if (element instanceof HTMLInputElement) element.value = '';
    element.removeAttribute('aria-invalid');
    if (element.classList.contains('fault')) element.textContent = '';
  }
  const legend = one('legend', row);
  if (legend) legend.textContent = legend.textContent.replace(String(n), String(n + 1));
  rows.append(row);
  one('input', row)?.focus();
}

function later(): void {
  clearTimeout(waiting);
  waiting = setTimeout(() => void judge(), pause);
}

async function judge(): Promise<void> {
  if (!form) return;
  asked += 1;
  const mine = asked;
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') body.append(name, value);
  body.set('act', 'judge');
  try {
    const response = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (mine !== asked || !response.ok) return;
    for (const field of all('[name]', form)) tell(field, page);
  } catch {
    // Without a network the mistakes are told when the form is sent.
  }
}

/** Takes over what the page says of a field, if somebody has been in it. */
function tell(field: HTMLElement, page: Document): void {
  const name = field.getAttribute('name') ?? '';
  const place = document.getElementById(`${name}-fault`);
  if (!place || !touched.has(name)) return;
  const said = page.getElementById(`${name}-fault`)?.textContent ?? '';
  if (place.textContent !== said) place.textContent = said;
  if (said === '') field.removeAttribute('aria-invalid');
  else field.setAttribute('aria-invalid', 'true');
}
