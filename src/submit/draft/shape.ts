/** The record of a draft held against the schema; every mistake at its place, in both languages. */
import type * as z from 'zod';
import { explain } from '../../catalog/explain.ts';
import type { Path } from '../../catalog/problem.ts';
import { shapeOf } from '../../catalog/shape.ts';
import { pointer } from './json.ts';
import { type Mistake, mistake } from './mistake.ts';

/** The value as the schema takes it, or what is wrong. @param at the JSON pointer of the value */
export function readShape<T>(
  schema: z.ZodType<T>,
  value: unknown,
  at = '',
): { readonly value: T } | { readonly mistakes: readonly Mistake[] } {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const shape = shapeOf(schema);
  const mistakes = result.error.issues.flatMap((issue) =>
    explain(issue, value, shape).map(({ path, says, tip }) => {
      const first = /^(?:is|has|must) /.test(says) ? `This ${says}.` : `${capital(says)}.`;
      const clause = tip === undefined ? first : `${first} ${capital(tip)}.`;
      return mistakeOf(issue, pointerOf(path, at), clause, tip);
    }),
  );
  return { mistakes };
}

/** `['incoming', 0, 'port']` -> `/incoming/0/port` (RFC 6901) */
export function pointerOf(path: Path, at = ''): string {
  return path.reduce<string>(pointer, at);
}

function mistakeOf(issue: z.core.$ZodIssue, at: string, clause: string, tip = ''): Mistake {
  switch (issue.code) {
    case 'unrecognized_keys':
      return mistake(at, 'unknown-field', { clause, choices: tip.replace(/^.*?: /, '') });
    case 'invalid_type':
      return /is missing/.test(clause)
        ? mistake(at, 'missing', { clause })
        : mistake(at, 'type', { clause, wanted: wanted[issue.expected] ?? 'etwas anderes' });
    case 'invalid_value':
      return /is missing/.test(clause)
        ? mistake(at, 'missing', { clause })
        : mistake(at, 'choice', { clause, choices: issue.values.map(String).join(', ') });
    case 'too_big':
      return mistake(at, 'too-long', { clause, most: Number(issue.maximum) });
    case 'too_small':
      return mistake(at, 'too-short', { clause });
    case 'invalid_key': {
      const said = issue.issues[0]?.message ?? '';
      return mistake(at, 'form', { clause, german: german[said] ?? unnamed });
    }
    default:
      return mistake(at, 'form', { clause, german: german[issue.message] ?? unnamed });
  }
}

const wanted: Readonly<Record<string, string>> = {
  string: 'ein Text',
  array: 'eine Liste',
  object: 'ein Objekt',
  record: 'ein Objekt',
  int: 'eine ganze Zahl',
  number: 'eine Zahl',
  boolean: 'true oder false',
};

const unnamed = 'Das hat nicht die Form, die hier verlangt ist.';

/** What the schema says of a form (provider/schema.ts, provider/fields.ts), in German; a test holds the list complete. */
export const german: Readonly<Record<string, string>> = {
  'must be one line without spaces at its ends': 'Das muss eine Zeile sein, ohne Leerzeichen am Anfang und am Ende.',
  'must not contain control characters': 'Das darf keine Steuerzeichen enthalten.',
  'must be a host name in lower-case A-labels, such as imap.example.com':
    'Das muss ein Rechnername in Kleinbuchstaben sein, etwa imap.example.com (Umlaute als xn--…).',
  'must be a domain such as example.com, or "*." and a domain':
    'Das muss eine Domain sein, etwa example.com, oder „*.“ und eine Domain.',
  'must be an absolute https:// URL': 'Das muss eine vollständige Adresse mit https:// sein.',
  'must be an absolute URL': 'Das muss eine vollständige Adresse mit https:// oder http:// sein.',
  'must be a date: 2026, 2026-11 or 2026-11-20': 'Das muss ein Datum sein: 2026, 2026-11 oder 2026-11-20.',
  'must be a day that there is': 'Diesen Tag gibt es nicht.',
  'must be a two-letter language code': 'Das muss ein Sprachcode mit zwei Buchstaben sein, etwa de.',
  'must be a host name; in records with “mx” also {mx} or a name that ends in {domain}':
    'Das muss ein Rechnername sein; in Datensätzen mit „mx“ auch {mx} oder ein Name, der auf {domain} endet.',
  'must be a key of “sources”: lower case, digits, hyphens':
    'Das muss ein Schlüssel aus „sources“ sein: Kleinbuchstaben, Ziffern, Bindestriche.',
  'must be %EMAILADDRESS%, %EMAILLOCALPART%, a text with these or %EMAILDOMAIN%, or: ask':
    'Das muss %EMAILADDRESS%, %EMAILLOCALPART%, ein Text mit diesen oder %EMAILDOMAIN% oder das Wort ask sein.',
  'must be owner/name of a public repository': 'Das muss owner/name eines öffentlichen Repositorys sein.',
  'must be two capital letters (ISO 3166)': 'Das müssen zwei Großbuchstaben sein (ISO 3166), etwa DE.',
  'must be lower case, digits, hyphens': 'Das dürfen nur Kleinbuchstaben, Ziffern und Bindestriche sein.',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
