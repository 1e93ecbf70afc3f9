import type { Json } from '../core/index.ts';

/** The first place at which a record and its derivation differ. */
export interface Difference {
  /** Such as `spend.value`; empty for the record as a whole. */
  readonly field: string;
  readonly recorded: string;
  readonly derived: string;
}

/**
 * Finds the first field, in the record's own order, whose recorded value is not the derived one, exactly.
 *
 * A field that the record lacks was not recorded: fields that later releases add are not held against it.
 */
export function firstDifference(
  recorded: object,
  derived: object,
  leftOut: readonly string[] = [],
): Difference | undefined {
  return differ(asJson(recorded), asJson(derived), '', new Set(leftOut));
}

function differ(
  recorded: Json | undefined,
  derived: Json | undefined,
  field: string,
  leftOut: ReadonlySet<string>,
): Difference | undefined {
  if (isList(recorded) && isList(derived)) {
    if (recorded.length !== derived.length) {
      return { field, recorded: shown(recorded), derived: shown(derived) };
    }
    return firstOf(recorded.keys(), (index) =>
      differ(recorded[index], derived[index], `${field}[${index}]`, leftOut),
    );
  }
  if (isMap(recorded) && isMap(derived)) {
    const names = Object.keys(recorded).filter((name) => field !== '' || !leftOut.has(name));
    return firstOf(names, (name) =>
      differ(recorded[name], derived[name], field === '' ? name : `${field}.${name}`, leftOut),
    );
  }
  if (recorded === derived) return undefined;
  return { field, recorded: shown(recorded), derived: shown(derived) };
}

function firstOf<T>(
  places: Iterable<T>,
  find: (place: T) => Difference | undefined,
): Difference | undefined {
  for (const place of places) {
    const found = find(place);
    if (found !== undefined) return found;
  }
  return undefined;
}

const SHOWN_MAX = 120;

function shown(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

const asJson = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isMap = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !isList(value);
