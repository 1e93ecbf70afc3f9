import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { itemAt, type Json } from '../../core/index.ts';
import type { Section } from './normalised.ts';
import { startSections } from './section-builder.ts';

const LEAVES_MAX = 50_000;
const DEPTH_MAX = 64;
const METHODS: readonly string[] = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Turns a page of JSON or YAML into one block a value, under its top member; member order and white space do not count.
 *
 * An operation of an OpenAPI document (`paths` → path → method) becomes a section of its own, `POST /v1/chat/completions`.
 * @returns `undefined` when the text is not of that syntax, or too large or deep to compare.
 */
export function dataBlocks(text: string, syntax: 'json' | 'yaml'): readonly Section[] | undefined {
  const builder = startSections();
  let leaves = 0;
  const visit = (value: Json, pointer: readonly string[]): void => {
    leaves += 1;
    if (leaves > LEAVES_MAX || pointer.length > DEPTH_MAX) throw new RangeError('too large');
    const operation = operationAt(pointer);
    if (pointer.length === 1) builder.heading(1, itemAt(pointer, 0));
    else if (operation !== undefined) builder.heading(2, operation);
    if (isLeaf(value)) {
      builder.block('code', `${pointer.join('/')}: ${JSON.stringify(value)}`);
    } else {
      for (const [name, member] of Object.entries(value).toSorted(byName)) {
        visit(member, [...pointer, name]);
      }
    }
  };
  try {
    visit(syntax === 'json' ? JSON.parse(text) : readYaml(text), []);
    return builder.finish().sections;
  } catch (error) {
    // The YAML parser throws its own error for bad syntax, and ReferenceError for too many aliases.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** YAML of a page is a map of plain data; a lone text would make every error message a document. */
function readYaml(text: string): Json {
  const value: unknown = parseYaml(text, {
    maxAliasCount: 100,
    schema: 'core',
    logLevel: 'silent',
  });
  return z.record(z.string(), z.json()).parse(value);
}

/** An empty list or map says something too: an operation with `security: []` needs no credential. */
const isLeaf = (value: Json): value is null | string | number | boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

function operationAt([top, path = '', method = '', ...rest]: readonly string[]):
  | string
  | undefined {
  const isOperation = top === 'paths' && METHODS.includes(method) && rest.length === 0;
  return isOperation ? `${method.toUpperCase()} ${path}` : undefined;
}

function byName([left]: readonly [string, Json], [right]: readonly [string, Json]): number {
  return left < right ? -1 : Number(left > right);
}
