import type { Json } from '../../core/index.ts';
import type { Section } from './normalised.ts';
import { startSections } from './section-builder.ts';

const LEAVES_MAX = 50_000;
const DEPTH_MAX = 64;
const METHODS: readonly string[] = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Turns a JSON page into one block a value, under its top member; member order and white space do not count.
 *
 * An operation of an OpenAPI document (`paths` → path → method) becomes a section of its own, `POST /v1/chat/completions`.
 * @returns `undefined` when the text is no JSON, or too large or deep to compare.
 */
export function jsonBlocks(text: string): readonly Section[] | undefined {
  const builder = startSections();
  let leaves = 0;
  const visit = (value: Json, pointer: readonly string[]): void => {
    leaves += 1;
    if (leaves > LEAVES_MAX || pointer.length > DEPTH_MAX) throw new RangeError('too large');
    const operation = operationAt(pointer);
    if (pointer.length === 1) builder.heading(1, pointer[0] ?? '');
    else if (operation !== undefined) builder.heading(2, operation);
    if (typeof value !== 'object' || value === null) {
      builder.block('code', `${pointer.join('/')}: ${JSON.stringify(value)}`);
    } else {
      for (const [name, member] of Object.entries(value).toSorted(byName)) {
        visit(member, [...pointer, name]);
      }
    }
  };
  try {
    const value: Json = JSON.parse(text);
    visit(value, []);
    return builder.finish().sections;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function operationAt([top, path = '', method = '', ...rest]: readonly string[]):
  | string
  | undefined {
  const isOperation = top === 'paths' && METHODS.includes(method) && rest.length === 0;
  return isOperation ? `${method.toUpperCase()} ${path}` : undefined;
}

function byName([left]: readonly [string, Json], [right]: readonly [string, Json]): number {
  return left < right ? -1 : Number(left > right);
}
