/**
 * The script of the home page. People type their address here; its domain is all that is sent. The answer is the page that
 * everybody gets for that domain, of which the main part is shown, with the person's own names put in.
 */
import { type Address, parseAddress } from '../../../name/address.ts';
import { fillUsername } from '../../../provider/login.ts';
import { showCode } from './code.ts';
import { enableCopying } from './copy.ts';
import { all, one, oneOf } from './dom.ts';
import { enableErrors } from './errors.ts';

const input = () => oneOf(HTMLInputElement, '#domain');

/** What was typed last; only this page knows it, and forgets it when it is left. */
let address: Address | undefined;
/** What is shown: within a page, one goes back and forward, too. */
let shown = location.pathname + location.search;
/** The last question; an answer to an older one comes too late. */
let asked = 0;

function enhance(): void {
  for (const element of all('[data-address]')) element.textContent = element.dataset['address'] ?? '';
  const field = input();
  if (field) {
    field.autocomplete = 'email';
    field.removeAttribute('required');
  }
  one('form.find')?.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(event.currentTarget as HTMLFormElement);
  });
  fillIn();
  enableCopying();
  enableErrors();
  const print = oneOf(HTMLButtonElement, '.print');
  if (print) {
    print.hidden = false;
    print.addEventListener('click', () => window.print());
  }
}

async function submit(form: HTMLFormElement): Promise<void> {
  const typed = input()?.value ?? '';
  address = addressIn(typed);
  // What is no address is told by the server, in the language of the page; it gets what follows the @ at most.
  const domain = address?.domain ?? typed.slice(typed.lastIndexOf('@') + 1).replace(/[>?\s].*$/s, '');
  await ask(`/?domain=${encodeURIComponent(domain)}`, form.dataset['finding'] ?? '', typed);
}

/** Shows the answer to a question in place of what is there. */
async function ask(
  url: string,
  saying: string,
  typed: string | undefined,
  moment: 'new' | 'again' = 'new',
): Promise<void> {
  asked += 1;
  const mine = asked;
  say(saying);
  const page = await load(url);
  if (mine !== asked) return;
  if (!page) return say(one('form.find')?.dataset['failed'] ?? '');
  for (const part of ['main', '.tongues']) one(part)?.replaceWith(one(part, page) ?? '');
  document.title = page.title;
  shown = url;
  if (moment === 'new') history.pushState(null, '', url);
  const field = input();
  if (field && typed !== undefined) field.value = typed;
  enhance();
  const next = oneOf(HTMLFormElement, 'form.next');
  const heading = one('#answer h1');
  if (heading) {
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  } else field?.focus();
  if (next && typed !== undefined) await ask(`${url}&published=1`, next.dataset['asking'] ?? '', typed);
}

async function load(url: string): Promise<Document | undefined> {
  try {
    const response = await fetch(url, { headers: { Accept: 'text/html' } });
    const isPage = response.headers.get('Content-Type')?.startsWith('text/html');
    return isPage ? new DOMParser().parseFromString(await response.text(), 'text/html') : undefined;
  } catch {
    return undefined;
  }
}

/** For those who do not see that something is going on, too. */
function say(text: string): void {
  const state = one('form.find .state');
  if (state) state.textContent = text;
}

/** Puts the person's own names where the page has placeholders. */
function fillIn(): void {
  const mine = personIn(one('#answer')?.dataset['domain']);
  for (const element of all('[data-username]')) {
    const filled = mine && fillUsername(element.dataset['username'] ?? '', mine);
    if (filled === undefined) continue;
    element.textContent = filled;
    element.classList.add('mono', 'filled');
  }
  const phone = one('.phone');
  if (!phone) return;
  phone.hidden = false;
  const form = oneOf(HTMLFormElement, 'form', phone);
  const needs = one('.needs', phone);
  if (form) form.hidden = !mine;
  if (needs) needs.hidden = mine !== undefined;
  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    if (mine) showCode(phone, mine, oneOf(HTMLInputElement, 'input', phone)?.value ?? '');
  });
}

/** The address that was typed, where the answer is for its domain and it has a local part. */
function personIn(domain: string | undefined): { local: string; domain: Address['domain'] } | undefined {
  if (address?.local === undefined || address.domain !== domain) return undefined;
  return { local: address.local, domain: address.domain };
}

function addressIn(typed: string): Address | undefined {
  try {
    return parseAddress(typed);
  } catch {
    return undefined;
  }
}

window.addEventListener('popstate', () => {
  const url = location.pathname + location.search;
  if (url !== shown) void ask(url, '', undefined, 'again');
});
enhance();
