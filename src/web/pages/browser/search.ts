/**
 * The script of the list of providers: what is found is shown while one types. It asks for the very page that the form leads
 * to, and shows the part with the results.
 */
import { one, oneOf } from './dom.ts';

/** Milliseconds without another letter after which somebody wants to see something. */
const pause = 180;

/** The last question; an answer to an older one comes too late. */
let asked = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

const form = oneOf(HTMLFormElement, 'form.filters');
form?.addEventListener('input', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => void show(form), pause);
});
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  void show(form);
});

async function show(from: HTMLFormElement): Promise<void> {
  asked += 1;
  const mine = asked;
  const url = `${from.action}${queryOf(from)}`;
  try {
    const response = await fetch(url, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (mine !== asked) return;
    const found = one('#results', page);
    if (!found) return form?.submit();
    // The place that is read aloud must stay the same element for its news to be heard.
    const [count, newCount] = [one('#results .count'), one('.count', found)];
    if (count && newCount) {
      count.replaceChildren(...newCount.childNodes);
      newCount.replaceWith(count);
    }
    one('#results')?.replaceChildren(...found.childNodes);
    one('.tongues')?.replaceWith(one('.tongues', page) ?? '');
    history.replaceState(null, '', url);
  } catch {
    // Without a network the list stays as it is, and the button works when it is back.
  }
}

/** Of an address only the domain is sent. */
function queryOf(from: HTMLFormElement): string {
  const filled = [...new FormData(from)].flatMap(([name, value]): [string, string][] => {
    const text = typeof value === 'string' ? value.slice(value.lastIndexOf('@') + 1).trim() : '';
    return text === '' ? [] : [[name, text]];
  });
  return filled.length === 0 ? '' : `?${String(new URLSearchParams(filled))}`;
}
