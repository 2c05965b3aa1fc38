/**
 * What stands in the form of `/submit`, as the JSON that programs send. Fields are named by their place in it (RFC 6901), so
 * that every mistake finds its field: `/record/incoming/0/port`.
 */
import type { Provider } from '../../provider/model.ts';

type Json = Record<string, unknown>;

/** Rows of servers that a form has at the most. */
export const mostRows = 20;

/** The setup steps that can be ticked; others of a record stay as they are. */
export const tickable = ['enable-access', 'app-password', 'paid-plan'] as const satisfies readonly NonNullable<
  Provider['setup']
>[number]['kind'][];

/**
 * @param base the record that is served, for a change: what the form does not ask about stays as it is
 * @returns what `readDraft` reads; a field that nobody filled in is left out
 */
export function draftOfForm(fields: URLSearchParams, base: Provider | undefined, language: string): Json {
  const text = (name: string): string => (fields.get(name) ?? '').trim();
  const some = (name: string, at = name.slice(1)): Json => (text(name) === '' ? {} : { [at]: text(name) });
  const kind = text('/kind');
  const told = { kind, ...some('/id'), ...some('/reason'), ...some('/contact'), language };
  if (kind !== 'new' && kind !== 'change') return told;
  const lines = text('/record/domains').split(/[\s,;]+/);
  const record: Json = {
    ...base,
    ...some('/record/name', 'name'),
    ...some('/record/kind', 'kind'),
    ...some('/record/country', 'country'),
    ...some('/record/website', 'website'),
    domains: lines.filter((line) => line !== ''),
    incoming: rows(fields, 'incoming', base?.incoming ?? []),
    outgoing: rows(fields, 'outgoing', base?.outgoing ?? []),
    ...documentation(text('/record/documentation/0/url'), base, language),
    ...setup(fields, base),
  };
  return { ...told, record };
}

/** The servers whose host is filled in. One that is served already keeps its sources and its hint. */
function rows(fields: URLSearchParams, list: 'incoming' | 'outgoing', served: readonly Json[]): Json[] {
  return Array.from({ length: mostRows }, (_, i) => i).flatMap((i): Json[] => {
    const field = (name: string): string => (fields.get(`/record/${list}/${i}/${name}`) ?? '').trim();
    if (field('host') === '') return [];
    const port = field('port');
    const row: Json = {
      protocol: field('protocol'),
      host: field('host'),
      // What is no number is told at its place.
      port: /^\d{1,5}$/.test(port) ? Number(port) : port,
      security: field('security'),
      username: field('username'),
      auth: field('auth').split(','),
    };
    const same = served.find((one) =>
      ['protocol', 'host', 'port', 'security'].every((name) => one[name] === row[name]),
    );
    const { hint: _, ...kept } = same ?? {};
    return [{ ...(row['username'] === 'ask' ? same : kept), ...row }];
  });
}

/** The page that says so comes first: facts without a source are taken to be from there. */
function documentation(url: string, base: Provider | undefined, lang: string): Json {
  const pages = base?.documentation ?? [];
  if (url === '' || pages.some((page) => page.url === url)) return {};
  return { documentation: [{ url, lang, about: 'settings' }, ...pages] };
}

function setup(fields: URLSearchParams, base: Provider | undefined): Json {
  const before = base?.setup ?? [];
  const wanted = tickable.filter((kind) => fields.get(`setup:${kind}`) === 'on');
  const kept = before.filter(({ kind }) => !isTickable(kind) || wanted.some((one) => one === kind));
  const added = wanted
    .filter((kind) => !before.some((step) => step.kind === kind))
    .map((kind) => ({ kind, when: 'always' }));
  const steps = [...kept, ...added];
  return steps.length > 0 || before.length > 0 ? { setup: steps } : {};
}

export function isTickable(kind: string): kind is (typeof tickable)[number] {
  return tickable.some((one) => one === kind);
}
