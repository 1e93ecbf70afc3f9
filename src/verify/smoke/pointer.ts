import type { Json } from '../../core/index.ts';

/** Holds a JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Tells objects from everything else that JSON can hold. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isJsonArray(value);

/** Tells arrays from everything else that JSON can hold. */
export const isJsonArray = (value: Json | undefined): value is readonly Json[] =>
  Array.isArray(value);

/** Reads the value at a JSON Pointer (RFC 6901); `undefined` when nothing is there. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const step of stepsOf(pointer)) {
    value = value === undefined ? undefined : childOf(value, step);
  }
  return value;
}

/**
 * Copies a document with one value replaced, or added to an object that exists.
 *
 * @returns `undefined` when the place does not exist, or holds that very value already.
 */
export function withValueAt(document: Json, pointer: string, value: Json): Json | undefined {
  return valueAt(document, pointer) === value ? undefined : put(document, stepsOf(pointer), value);
}

/** Lists the pointers at which two documents differ; arrays of different length differ as a whole. */
export function differencesOf(left: Json | undefined, right: Json | undefined, at = ''): string[] {
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((key) =>
      differencesOf(childOf(left, key), childOf(right, key), `${at}/${escapeStep(key)}`),
    );
  }
  if (isJsonArray(left) && isJsonArray(right) && left.length === right.length) {
    return left.flatMap((item, index) => differencesOf(item, right[index], `${at}/${index}`));
  }
  return left === right ? [] : [at];
}

function put(document: Json, steps: readonly string[], value: Json): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const child = childOf(document, step);
  const made =
    rest.length === 0 ? value : child === undefined ? undefined : put(child, rest, value);
  if (made === undefined) return undefined;
  if (isJsonObject(document)) {
    return Object.fromEntries([...Object.entries(document), [step, made]]);
  }
  if (!isJsonArray(document) || child === undefined) return undefined;
  return document.map((item, index) => (String(index) === step ? made : item));
}

function childOf(value: Json, step: string): Json | undefined {
  // Own keys only: `/__proto__` or `/constructor` must not reach what JSON did not say.
  if (isJsonObject(value)) return Object.hasOwn(value, step) ? value[step] : undefined;
  return isJsonArray(value) && /^(0|[1-9]\d{0,8})$/.test(step) ? value[Number(step)] : undefined;
}

const stepsOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const escapeStep = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
