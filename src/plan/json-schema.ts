import { z } from 'zod';
import { PlanInput } from './schema/plan.ts';
import { isList, isMap, type Path, type RawMap } from './tree.ts';

/** Gives the JSON Schema (2020-12) of a plan as people write it, for editors; made from the Zod source. */
export function planJsonSchema(): RawMap {
  const schema = z.toJSONSchema(PlanInput, { io: 'input' });
  return { ...schema, title: 'Spendproof plan' };
}

/** Says what the schema knows at a place of a plan. */
export interface KnownAt {
  readonly keys: readonly string[];
  /** Fixed values, where only those are allowed. */
  readonly values: readonly string[];
}

/**
 * Looks a place of a plan up in its JSON Schema; a choice between forms counts with every form that the written `kind`,
 * `basis` or other fixed value allows.
 */
export function knownAt(schema: RawMap, raw: unknown, path: Path): KnownAt {
  let forms = formsOf(schema, raw);
  let value = raw;
  for (const segment of path) {
    value = childOf(value, segment);
    const inner = value;
    forms = forms
      .flatMap((form) => childForms(form, segment))
      .flatMap((form) => formsOf(form, inner));
  }
  return {
    keys: unique(
      forms.flatMap(({ properties }) => (isMap(properties) ? Object.keys(properties) : [])),
    ),
    values: unique(forms.flatMap(fixedValues)),
  };
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

function fixedValues(form: RawMap): readonly string[] {
  const values = isList(form['enum']) ? form['enum'] : 'const' in form ? [form['const']] : [];
  return values.map(String);
}

function childOf(value: unknown, segment: string | number): unknown {
  if (isList(value) && typeof segment === 'number') return value[segment];
  return isMap(value) ? value[segment] : undefined;
}

function childForms(form: RawMap, segment: string | number): readonly RawMap[] {
  const { properties, items, additionalProperties } = form;
  if (typeof segment === 'number') return isMap(items) ? [items] : [];
  const own = isMap(properties) && Object.hasOwn(properties, segment) ? properties[segment] : null;
  return [own ?? additionalProperties].filter(isMap);
}

function formsOf(form: RawMap, value: unknown): readonly RawMap[] {
  // What the schema refers to is recursive (any JSON): it has no keys of its own to suggest.
  const target = typeof form['$ref'] === 'string' ? {} : form;
  const choices = [target['anyOf'], target['oneOf']].flatMap((list) => (isList(list) ? list : []));
  if (choices.length === 0) return [target];
  const branches = choices.filter(isMap);
  const fitting = branches.filter((branch) => allows(branch, value));
  return (fitting.length > 0 ? fitting : branches).flatMap((branch) => formsOf(branch, value));
}

function allows(branch: RawMap, value: unknown): boolean {
  if (!isMap(value)) return branch['type'] !== 'object' || value === undefined;
  if (!isMap(branch['properties'])) return false;
  return Object.entries(branch['properties']).every(
    ([key, form]) =>
      !isMap(form) || !('const' in form) || !(key in value) || form['const'] === value[key],
  );
}
