/** What the schema has against a value, in words, with what would be right. */
import type * as z from 'zod';
import type { Path } from './problem.ts';
import { type Shape, shapeAt } from './shape.ts';

export interface Explained {
  path: Path;
  on?: 'key';
  says: string;
  tip?: string;
}

/**
 * A zod issue in words: what is there, and what would be right.
 * @param written what stands at a place in the file, where there is one: a number is shown as it is written
 */
export function explain(
  issue: z.core.$ZodIssue,
  raw: unknown,
  shape: Shape,
  written: (path: Path) => string | undefined = () => undefined,
): Explained[] {
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  const value = valueAt(raw, path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const at = shapeAt(shape, path);
      const known = (at?.propertyNames?.enum ?? Object.keys(at?.properties ?? {})).join(', ');
      return issue.keys.map((key) => ({
        path: [...path, key],
        on: 'key',
        says: 'there is no such field',
        tip: `here may stand: ${known}`,
      }));
    }
    case 'invalid_key': {
      const says = issue.issues.map((inner) => inner.message).join('; ');
      return [{ path, on: 'key', says: `the key ${says}` }];
    }
    case 'invalid_type':
      if (value === undefined) return [{ path, says: 'is missing', ...tipFor(shapeAt(shape, path)) }];
      if (issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
        const quoted = `"${written(path) ?? value}"`;
        return [{ path, says: `is a ${typeof value}, but must be a text`, tip: `put it into quotes: ${quoted}` }];
      }
      return [{ path, says: `is ${kindOf(value)}, but must be ${wanted(issue.expected)}` }];
    case 'invalid_value': {
      if (value === undefined) return [{ path, says: 'is missing', tip: `one of: ${issue.values.join(', ')}` }];
      return [{ path, says: `is ${shown(value)}, but must be one of: ${issue.values.join(', ')}` }];
    }
    case 'too_big':
      return [{ path, says: `is too ${issue.origin === 'string' ? 'long' : 'large'}: at most ${issue.maximum}` }];
    case 'too_small':
      return [{ path, says: tooSmall(issue, value) }];
    case 'invalid_format':
      return [{ path, says: `is ${shown(value)}, but ${issue.message}` }];
    default:
      return [{ path, says: issue.message }];
  }
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, value: unknown): string {
  if (issue.origin === 'number' || issue.origin === 'int') return `is too small: at least ${issue.minimum}`;
  return value === '' || issue.origin === 'array' ? 'is empty' : `is too short: at least ${issue.minimum} characters`;
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
    raw,
  );
}

function tipFor(shape: (Shape & { description?: string }) | undefined): { tip?: string } {
  return shape?.description === undefined ? {} : { tip: shape.description.replace(/\.$/, '') };
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : shown(value);
}

function wanted(expected: string): string {
  const words: Record<string, string> = {
    string: 'a text',
    array: 'a list',
    object: 'a map',
    record: 'a map',
    int: 'a whole number',
  };
  return words[expected] ?? `a ${expected}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
