/**
 * A schema seen from a file: which fields stand where, in which order, what is prose and what is a sorted list. Read off
 * the JSON Schema that zod generates, so that the schema stays the one place that knows.
 */
import * as z from 'zod';
import type { Path } from './problem.ts';

/** The part of JSON Schema that our schemas use. */
export interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly items?: Shape;
  readonly type?: string;
  readonly prose?: true;
  readonly sorted?: true;
  readonly required?: readonly string[];
}

/** The JSON Schema (draft-07, which editors understand best) of a zod schema, as a plain object. */
export function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { target: 'draft-7' });
}

const shapes = new WeakMap<z.ZodType, Shape>();

export function shapeOf(schema: z.ZodType): Shape {
  const known = shapes.get(schema);
  if (known) return known;
  const shape = jsonSchema(schema) as Shape;
  shapes.set(schema, shape);
  return shape;
}

/** The shape of one step down, or undefined where the schema says nothing about it. */
export function child(shape: Shape | undefined, step: string | number): Shape | undefined {
  if (shape === undefined) return undefined;
  if (typeof step === 'number') return shape.items;
  const named = shape.properties?.[step];
  if (named) return named;
  return typeof shape.additionalProperties === 'object' ? shape.additionalProperties : undefined;
}

export function shapeAt(shape: Shape, path: Path): Shape | undefined {
  return path.reduce<Shape | undefined>(child, shape);
}
