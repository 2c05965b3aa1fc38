/** `GET /api`: the interface for programs, rendered from the very document that describes it to them. */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Language } from '../../provider/phrases.ts';
import type { Deps } from '../served/served.ts';
import { type Html, sendPage } from './frame.ts';
import { type InEach, languageOf } from './language.ts';

export const texts = {
  en: {
    title: 'API',
    lead: 'Everything that this server answers to programs. No key, no sign-in, from any origin; errors are problems of RFC 9457 with a stable code.',
    english: 'The descriptions are in English.',
    document: 'The same for programs: OpenAPI 3.1',
    try: 'Try it',
    contents: 'Contents',
    groups: { client: 'For mail clients', api: 'For programs', operator: 'For operators' },
    parameters: 'Parameters',
    body: 'Body',
    answers: 'Answers',
    required: 'required',
    schemas: 'Forms of the answers',
    schemasLead: 'What stands in an answer, and in what is sent.',
    example: 'An example',
  },
  de: {
    title: 'API',
    lead: 'Alles, was dieser Server Programmen antwortet. Kein Schlüssel, keine Anmeldung, von jeder Website aus; Fehler haben die Form von RFC 9457 mit einem festen Code.',
    english: 'Die Beschreibungen sind auf Englisch.',
    document: 'Dasselbe für Programme: OpenAPI 3.1',
    try: 'Ausprobieren',
    contents: 'Inhalt',
    groups: { client: 'Für Mailprogramme', api: 'Für Programme', operator: 'Für Betreiber' },
    parameters: 'Parameter',
    body: 'Was gesendet wird',
    answers: 'Antworten',
    required: 'nötig',
    schemas: 'Formen der Antworten',
    schemasLead: 'Was in einer Antwort steht, und in dem, was gesendet wird.',
    example: 'Ein Beispiel',
  },
} as const satisfies InEach<unknown>;

/** As much of JSON Schema as is shown. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
}

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<
    Record<
      string,
      { readonly description?: string; readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }
    >
  >;
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

export function apiPage(deps: Deps) {
  const made: Partial<Record<Language, Html>> = {};
  return async (c: Context): Promise<Response> => {
    const language = languageOf(c);
    const { title, lead } = texts[language];
    // The generator is no part of the start, and the document does not change while the server runs.
    made[language] ??= body(
      (await import('../contract/openapi.ts')).openapi(deps.version) as unknown as Described,
      language,
    );
    return sendPage(c, deps, { title, description: lead, body: made[language] });
  };
}

type Group = keyof (typeof texts)['en']['groups'];

function groupOf(path: string): Group {
  if (path.startsWith('/api/')) return 'api';
  return /^\/(?:ask|healthz|readyz|metrics)/.test(path) ? 'operator' : 'client';
}

function body({ paths, components }: Described, language: Language): Html {
  const say = texts[language];
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
      group: groupOf(path),
    })),
  );
  const groups = (['api', 'client', 'operator'] as const).map((group) => ({
    group,
    members: operations.filter((one) => one.group === group),
  }));
  const schemas = Object.entries(components?.schemas ?? {});
  return html`<h1>${say.title}</h1>
<p class="lead">${say.lead}</p>
<p><a href="/api/v1/openapi.json">${say.document}</a>.${language === 'en' ? '' : ` ${say.english}`}</p>
<h2>${say.example}</h2>
<pre tabindex="0" role="region" aria-label="${say.example}">curl '/api/v1/lookup?domain=t-online.de'</pre>
<p><a class="button" href="/api/v1/lookup?domain=t-online.de">${say.try}</a></p>
${groups.map(
  ({ group, members }) => html`<h2 id="${group}">${say.groups[group]}</h2>
<div lang="en">${members.map(({ path, method, operation }) => operationFold(path, method, operation, language))}</div>`,
)}
<h2 id="schemas">${say.schemas}</h2>
<p>${say.schemasLead}</p>
<div lang="en">${schemas.map(
    ([name, schema]) => html`<details id="schema-${name}" class="operation"><summary><code>${name}</code></summary>
<div>${schema.description === undefined ? '' : html`<p>${schema.description}</p>`}${fields(schema)}</div></details>`,
  )}</div>`;
}

function operationFold(path: string, method: string, operation: Operation, language: Language): Html {
  const say = texts[language];
  const { summary = '', parameters = [], requestBody, responses = {} } = operation;
  const heading = (text: string) => html`<h3 lang="${language}">${text}</h3>`;
  return html`<details class="operation"><summary><code><b>${method}</b> ${path}</code><small>${summary}</small></summary>
<div>${
    parameters.length === 0
      ? ''
      : html`${heading(say.parameters)}<dl class="terms">${parameters.map(
          ({ name, in: where, required, description, schema }) =>
            html`<dt><code>${name}</code> <small>${where}${required ? html`, <span lang="${language}">${say.required}</span>` : ''}</small></dt><dd>${description ?? ''}${values(schema)}</dd>`,
        )}</dl>`
  }${
    requestBody === undefined
      ? ''
      : html`${heading(say.body)}<ul>${Object.entries(requestBody.content).map(([type, { schema }]) => html`<li><code>${type}</code>${shapeAfter(schema)}</li>`)}</ul>`
  }${heading(say.answers)}<dl class="terms">${Object.entries(responses).map(
    ([status, { description = '', content = {} }]) =>
      html`<dt><code>${status}</code></dt><dd>${description}${Object.entries(content).map(([type, { schema }]) => html`<br><small><code>${type}</code>${shapeAfter(schema)}</small>`)}</dd>`,
  )}</dl></div></details>`;
}

/** What values a parameter may have, where they are few. */
function values(schema: Schema | undefined): Html | string {
  if (!schema?.enum) return '';
  return html`<br><small>${schema.enum.map((value, i) => html`${i === 0 ? '' : ', '}<code>${String(value)}</code>`)}</small>`;
}

function shapeAfter(schema: Schema | undefined): Html | string {
  if (schema?.$ref === undefined && schema?.items?.$ref === undefined) return '';
  return html`: ${shape(schema)}`;
}

/** The fields of an object, with those of objects in it. */
function fields(schema: Schema): Html | string {
  const properties = Object.entries(propertiesOf(schema));
  if (properties.length === 0) return html`<p>${shape(schema)}</p>`;
  const required = new Set(schema.required);
  return html`<dl class="terms">${properties.map(([name, inner]) => {
    const nested = innerObject(inner);
    return html`<dt><code>${name}</code>${required.has(name) ? '' : html` <small>?</small>`}</dt><dd><small>${shape(inner)}</small>${inner.description === undefined ? '' : html`<br>${inner.description}`}${nested ? fields(nested) : ''}</dd>`;
  })}</dl>`;
}

function propertiesOf({ properties, allOf = [] }: Schema): Readonly<Record<string, Schema>> {
  return Object.assign({}, properties, ...allOf.map(propertiesOf)) as Readonly<Record<string, Schema>>;
}

/** The object that a field is, or is a list of, where it has no name of its own. */
function innerObject(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return innerObject(schema.items);
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return choices.map(innerObject).find((found) => found !== undefined);
}

/** What a value is, in a few words: `list of ProviderSummary`, `string or null`, `"tls" or "starttls"`. */
function shape(schema: Schema): Html {
  const { $ref, items, type, const: only, format } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return html`${choices.map((choice, i) => html`${i === 0 ? '' : ' or '}${shape(choice)}`)}`;
  if (items) return html`list of ${shape(items)}`;
  if (schema.enum) return html`${schema.enum.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (only !== undefined) return html`${JSON.stringify(only)}`;
  const words = typeof type === 'string' ? type : (type ?? ['any']).join(' or ');
  return html`${words === 'array' ? 'list' : words}${format === undefined ? '' : ` (${format})`}`;
}
