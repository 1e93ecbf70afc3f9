import { z } from 'zod';
import { RecordBody, RecordContext } from './records/registry.ts';

/** One text of a record with where it stands and of which type it is. */
export interface RecordText {
  /** Names of the schema and list positions, joined by dots; nothing of the record's content. */
  readonly path: string;
  /** The `field` of its schema, such as `slug` or `digest`; `none` for a literal. */
  readonly field: string;
  readonly text: string;
}

/** Lists the texts of a record that fits its schema, in the schema's order. */
export function textsOf(context: RecordContext, body: RecordBody): readonly RecordText[] {
  const found: RecordText[] = [];
  collect(RecordContext, context, '', found);
  const schema = RecordBody.options.find(({ shape }) => shape.kind.value === body.kind);
  if (schema !== undefined) collect(schema, body, '', found);
  return found;
}

function collect(schema: unknown, value: unknown, path: string, found: RecordText[]): void {
  if (
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodOptional
  ) {
    collect(schema.unwrap(), value, path, found);
  } else if (typeof value === 'string') {
    found.push({ path, field: fieldOf(schema), text: value });
  } else {
    for (const [name, member, inner] of membersOf(schema, value)) {
      collect(member, inner, path === '' ? name : `${path}.${name}`, found);
    }
  }
}

function membersOf(
  schema: unknown,
  value: unknown,
): readonly (readonly [string, unknown, unknown])[] {
  if (schema instanceof z.ZodObject && isRecord(value)) {
    return Object.entries(schema.shape).map(([name, member]) => [name, member, value[name]]);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((item, index) => [String(index), schema.element, item]);
  }
  return [];
}

/** Looking a schema's meta up copies it; the schemas are few and never change. */
const FIELDS = new WeakMap<z.ZodType, string>();

function fieldOf(schema: unknown): string {
  if (!(schema instanceof z.ZodType)) return 'none';
  const known = FIELDS.get(schema);
  if (known !== undefined) return known;
  const field = schema.meta()?.['field'];
  const found = typeof field === 'string' ? field : 'none';
  FIELDS.set(schema, found);
  return found;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
