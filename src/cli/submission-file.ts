/** The file of a submission: a record as YAML or JSON, a whole submission as JSON, or a file in autoconfig's format. */
import { readText } from '../catalog/files.ts';
import { fieldName, type Path, sayProblem } from '../catalog/problem.ts';
import { readYaml } from '../catalog/yaml.ts';
import { kinds } from '../submit/model.ts';
import { Complaint, exit, visible } from './say.ts';

export interface SubmissionFile {
  /** As it goes over the wire; of a record, what goes under `record`. */
  readonly content:
    | { readonly xml: string }
    | { readonly record: Readonly<Record<string, unknown>> }
    | { readonly submission: Readonly<Record<string, unknown>> };
  /** Where in the file a JSON pointer of the submission leads: `record.yml:12:9 incoming[0].port` */
  placeOf(pointer: string): string;
}

/** A server takes no more (web/http/body.ts). */
const mostOctets = 64 * 1024;

/** @throws {Complaint} where it can be none, with every mistake of its form */
export function readSubmissionFile(path: string): SubmissionFile {
  const { file, text } = readText(path);
  if (Buffer.byteLength(text) > mostOctets) {
    throw new Complaint(`${file} is larger than ${mostOctets / 1024} KiB`, {
      code: exit.no,
      tip: 'a record is a few kilobytes',
    });
  }
  const begins = text.trimStart().charAt(0);
  if (begins === '<') return { content: { xml: text }, placeOf: (pointer) => placed(file, pointer) };
  return begins === '{' ? fromJson(file, text) : fromYaml(file, text);
}

function fromJson(file: string, text: string): SubmissionFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Complaint(`${file} is no JSON: ${visible((error as Error).message)}`, { code: exit.no });
  }
  const map = value as Record<string, unknown>;
  // A record has a kind as well: freemail, hosting …
  const isWhole = (kinds as readonly unknown[]).includes(map['kind']);
  return {
    content: isWhole ? { submission: map } : { record: map },
    placeOf: (pointer) => placed(file, isWhole ? pointer : withoutRecord(pointer)),
  };
}

function fromYaml(file: string, text: string): SubmissionFile {
  const yaml = readYaml(text, file);
  const { document, problems } = yaml;
  if (problems.length > 0) {
    throw new Complaint(`${file} is no YAML as curated files are:\n${problems.map(sayProblem).join('\n')}`, {
      code: exit.no,
    });
  }
  const value: unknown = document.toJS();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Complaint(`${file} is neither a record nor a file in autoconfig’s format`, { code: exit.no });
  }
  return {
    content: { record: value as Record<string, unknown> },
    placeOf(pointer) {
      const inner = pathOf(withoutRecord(pointer));
      const at = yaml.locate(inner);
      return `${file}${at ? `:${at.line}:${at.column}` : ''}${inner.length > 0 ? ` ${fieldName(inner)}` : ''}`;
    },
  };
}

function placed(file: string, pointer: string): string {
  return pointer === '' ? file : `${file} ${visible(pointer)}`;
}

function withoutRecord(pointer: string): string {
  return pointer.replace(/^\/record(?=\/|$)/, '');
}

/** RFC 6901 */
function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
