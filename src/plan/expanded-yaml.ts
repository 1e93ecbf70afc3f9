import { stringify } from 'yaml';
import { canonicalJson, type Digest, type Json, sha256 } from '../core/index.ts';
import type { Plan } from './schema/plan.ts';

/** Writes an expanded plan as YAML that is valid input and expands to the same plan. */
export function expandedYaml(plan: Plan): string {
  const ordered = Object.fromEntries(
    Object.entries(plan).toSorted(([left], [right]) => place(left) - place(right)),
  );
  // `compat` quotes what a YAML 1.1 reader would take for a number or a truth value, such as 09:00.
  return stringify(ordered, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

/** Digests an expanded plan: what records refer to. */
export function planDigest(plan: Plan): Digest {
  // The plan was made of JSON by its schema; the round trip drops nothing and gives it the type.
  const json: Json = JSON.parse(JSON.stringify(plan)) as Json;
  return sha256(canonicalJson(json));
}

/** The order in which a reader meets things: who, the outside, what is read, what it means, what is proved. */
const ORDER: readonly string[] = [
  'version',
  'team',
  'currency',
  'timezone',
  'review',
  'owner',
  'owners',
  'notify',
  'network',
  'providers',
  'environments',
  'documents',
  'assumptions',
  'exports',
  'reconcile',
  'workloads',
  'allocation',
  'metrics',
  'series',
  'budgets',
  'smoke',
  'guards',
];

const place = (section: string): number => ORDER.indexOf(section);
