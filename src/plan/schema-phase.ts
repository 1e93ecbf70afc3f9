import type { z } from 'zod';
import { suggest } from '../core/index.ts';
import { type Finding, finding, meantHint, quoted } from './diagnostic.ts';
import { knownAt, planJsonSchema } from './json-schema.ts';
import { presetOf } from './presets/providers.ts';
import type { PlanRule } from './rules.ts';
import { Document } from './schema/documents.ts';
import { DocumentOverride, PlanInput } from './schema/plan.ts';
import { isList, isMap, type Path, pathText, type RawMap, textAt } from './tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * Checks raw data against the plan's schema and says each mistake in the plan's words.
 *
 * A document is checked as a whole one, or as an override when the provider's preset has its id.
 */
export function checkSchema(raw: unknown): readonly Finding[] {
  if (!isMap(raw)) {
    const got = raw === null || raw === undefined ? 'nothing' : typeName(raw);
    return [schemaError('wrong-value', [], `expected a plan (a map of sections), got ${got}`)];
  }
  const { documents, ...rest } = raw;
  const issues = isList(documents)
    ? [...issuesOf(PlanInput, rest, []), ...documentIssues(documents, raw)]
    : issuesOf(PlanInput, raw, []);
  if (issues.length === 0) return [];
  const schema = planJsonSchema();
  return withoutMisspelt(issues.flatMap((issue) => findingsOf(issue, { raw, schema })));
}

/** A misspelt key is one mistake, not also a missing one. */
function withoutMisspelt(findings: readonly Finding[]): readonly Finding[] {
  const meant = new Set(
    findings.flatMap(({ rule, path, hint }) => {
      const key = /^did you mean "(.*)"\?$/.exec(hint ?? '')?.[1];
      return rule === 'unknown-key' ? [pathText([...path.slice(0, -1), key ?? ''])] : [];
    }),
  );
  return findings.filter(({ rule, path }) => rule !== 'missing-key' || !meant.has(pathText(path)));
}

function documentIssues(documents: readonly unknown[], raw: RawMap): readonly Issue[] {
  const known = new Set(presetOf(raw['provider'])?.documents.map(({ id }) => id));
  return documents.flatMap((entry, index) => {
    const id = textAt(entry, 'id');
    const isOverride = id !== undefined && known.has(id);
    return issuesOf(isOverride ? DocumentOverride : Document, entry, ['documents', index]);
  });
}

function issuesOf(schema: z.ZodType, value: unknown, at: Path): readonly Issue[] {
  const result = schema.safeParse(value);
  if (result.success) return [];
  return result.error.issues
    .flatMap((issue) => meantIssues(issue))
    .map((issue) => ({ ...issue, path: [...at, ...issue.path] }));
}

/** Replaces "none of the forms fits" by what is wrong in the form that comes nearest. */
function meantIssues(issue: Issue): readonly Issue[] {
  const hasOwnWords = !issue.message.startsWith('Invalid');
  if (issue.code !== 'invalid_union' || hasOwnWords) return [issue];
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const nearest = branches
    .map((branch) => branch.flatMap((inner) => meantIssues(inner)))
    .toSorted((left, right) => distance(left) - distance(right))[0];
  // Where no form fits, a form that says in its own words what it wants is worth more than the list of types.
  const isFar = nearest?.some(isOfOtherType) === true && !nearest.some(hasSchemaWords);
  if (nearest === undefined || isFar) return [issue];
  return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

const hasSchemaWords = (issue: Issue): boolean => ownWords(issue) !== undefined;

const isOfOtherType = (issue: Issue): boolean =>
  issue.path.length === 0 && issue.code === 'invalid_type';

/** A form of another type is far; a missing key and a foreign key cost more than a value that is only wrong inside. */
function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (isOfOtherType(issue)) return sum + 100;
    return sum + (issue.code === 'unrecognized_keys' ? 2 * issue.keys.length : 1);
  }, 0);
}

interface Place {
  readonly raw: RawMap;
  readonly schema: RawMap;
}

function findingsOf(issue: Issue, place: Place): readonly Finding[] {
  const path = issue.path.map((segment) =>
    typeof segment === 'number' ? segment : String(segment),
  );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey([...path, key], place));
  }
  if (issue.code === 'invalid_key') {
    return [schemaError('wrong-key', path, `expected another key, got ${gotText(path.at(-1))}`)];
  }
  const value = valueAt(place.raw, path);
  if (value === undefined) return [missingKey(path, issue, place)];
  const known = knownAt(place.schema, place.raw, path).values;
  const hint = hintFor(value, known, issue);
  const message = `${expected(issue, known)}, got ${gotText(value)}`;
  return [schemaError('wrong-value', path, message, hint === undefined ? {} : { hint })];
}

function schemaError(
  rule: PlanRule,
  path: Path,
  message: string,
  detail: Parameters<typeof finding>[3] = {},
): Finding {
  return finding(rule, path, message, { code: 'plan-schema', ...detail });
}

function unknownKey(path: Path, { raw, schema }: Place): Finding {
  const key = String(path.at(-1));
  const { keys } = knownAt(schema, raw, path.slice(0, -1));
  // Known in another form of the same thing.
  const isForeign = keys.includes(key);
  const message = isForeign
    ? `${quoted(key)} cannot stand beside the other keys of ${thingAt(path)}`
    : `${quoted(key)} is not a key of ${thingAt(path)}`;
  return schemaError('unknown-key', path, message, {
    on: 'key',
    ...(isForeign && { hint: 'remove it, or what stands beside it' }),
    ...(!isForeign && keys.length > 0 && meantHint(suggest(key, keys), keys)),
  });
}

function missingKey(path: Path, issue: Issue, place: Place): Finding {
  const key = String(path.at(-1));
  const { values } = knownAt(place.schema, place.raw, path);
  const wanted = values.length > 0 ? `one of ${list(values)}` : ownWords(issue);
  const detail = wanted === undefined ? {} : { hint: `write \`${key}:\` with ${wanted}` };
  return schemaError('missing-key', path, `expected a key "${key}" in ${thingAt(path)}`, detail);
}

const THINGS: Readonly<Record<string, string>> = {
  assumptions: 'an assumption',
  budgets: 'a budget',
  claims: 'a claim',
  documents: 'a document',
  environments: 'an environment',
  exports: 'an export',
  metrics: 'a metric',
  notify: 'a channel',
  owners: 'an owner',
  providers: 'a provider',
  reconcile: 'a reconciliation',
  rules: 'a rule',
  series: 'a series',
  smoke: 'a smoke test',
};

/** Names the thing that holds the last segment. */
function thingAt(path: Path): string {
  const parent = path.slice(0, -1);
  if (parent.length === 0) return 'a plan';
  const section = parent.at(-2);
  const isItem = typeof parent.at(-1) === 'number' && typeof section === 'string';
  return (isItem ? THINGS[section] : undefined) ?? `\`${pathText(parent)}\``;
}

function expected(issue: Issue, known: readonly string[]): string {
  if (known.length > 0) return `expected ${known.length > 1 ? 'one of ' : ''}${list(known)}`;
  const own = ownWords(issue);
  if (own !== undefined) return `expected ${own}`;
  if (issue.code === 'invalid_type') return `expected ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') {
    return `expected at least ${String(issue.minimum)}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'too_big') {
    return `expected at most ${String(issue.maximum)}${unitOf(issue.origin)}`;
  }
  if (issue.code === 'invalid_union') return `expected ${formsOf(issue)}`;
  return `expected another form (${issue.message})`;
}

function formsOf(issue: z.core.$ZodIssueInvalidUnion): string {
  const types = issue.errors
    .flatMap((branch) => branch.filter(isOfOtherType))
    .flatMap((inner) =>
      inner.code === 'invalid_type' ? [TYPES[inner.expected] ?? inner.expected] : [],
    );
  return types.length === 0 ? 'another form' : [...new Set(types)].join(' or ');
}

/** The schema's own message, which begins with "expected". */
function ownWords(issue: Issue): string | undefined {
  return /^expected (.*)$/s.exec(issue.message)?.[1];
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  string: 'a text',
};

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function gotText(value: unknown): string {
  if (typeof value === 'string') return `text ${quoted(value)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeName(value)} ${value}`;
  return typeName(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'nothing';
  if (isList(value)) return 'a list';
  if (isMap(value)) return 'a map';
  return typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : typeof value;
}

function hintFor(value: unknown, known: readonly string[], issue: Issue): string | undefined {
  if (typeof value !== 'string') {
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
    return typeof value === 'number' && wantsText ? 'quotes make it a text' : undefined;
  }
  if (/^(?:yes|on)$/i.test(value)) return 'write true';
  if (/^(?:no|off)$/i.test(value)) return 'write false';
  if (/^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(value)) {
    return `write "${value.replaceAll(',', '')}" (no thousands separator)`;
  }
  const near = suggest(value, known);
  return near === undefined ? undefined : meantHint(near, known).hint;
}

function list(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}

function valueAt(raw: unknown, path: Path): unknown {
  let value = raw;
  for (const segment of path) {
    if (isList(value) && typeof segment === 'number') value = value[segment];
    else if (isMap(value) && Object.hasOwn(value, segment)) value = value[segment];
    else return undefined;
  }
  return value;
}
