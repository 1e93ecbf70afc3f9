import type { AdapterFacts } from './measures.ts';
import { presetOf, type ProviderPreset } from './presets/providers.ts';
import { findAll, findMaps, findTexts, isMap, type RawMap, textAt } from './tree.ts';

/** Holds a plan's raw data with what its checks need beside it; mistakes of form may still be in it. */
export interface Draft {
  readonly raw: RawMap;
  readonly preset: ProviderPreset | undefined;
  /** The plan's documents with those of the preset, overrides applied. */
  readonly documents: readonly RawMap[];
  readonly environments: readonly RawMap[];
  readonly providerIds: readonly string[];
  readonly adapters: readonly AdapterFacts[];
  /** `YYYY-MM-DD`; without it nothing is judged by date. */
  readonly today: string | undefined;
}

/** What a caller says about the world a plan lives in. */
export interface PlanContext {
  /** What each adapter of this release can read. */
  readonly adapters: readonly AdapterFacts[];
  /** `YYYY-MM-DD` in the plan's zone; without it no approval is found to have ended. */
  readonly today?: string;
}

/** Makes a draft of raw data. */
export function draftOf(raw: RawMap, { adapters, today }: PlanContext): Draft {
  const preset = presetOf(raw['provider']);
  return {
    raw,
    preset,
    documents: mergeById(preset?.documents ?? [], raw['documents']),
    environments: environmentsOf(raw),
    providerIds: mergeById(preset === undefined ? [] : [preset.provider], raw['providers']).flatMap(
      ({ id }) => (typeof id === 'string' ? [id] : []),
    ),
    adapters,
    today,
  };
}

/** Merges a plan's entries over a preset's by id, key by key; the preset's come first, in their order. */
export function mergeById(preset: readonly RawMap[], written: unknown): readonly RawMap[] {
  const own = findMaps(written, '*').map(({ value }) => value);
  const merged = preset.map((entry) => ({
    ...entry,
    ...own.find(({ id }) => id === entry['id']),
  }));
  const known = new Set(preset.map(({ id }) => id));
  return [...merged, ...own.filter(({ id }) => !known.has(id))];
}

/** Where a plan names roles. */
const ROLE_PLACES = [
  'owner',
  'documents.*.owner',
  'assumptions.*.owner',
  'exports.*.approved.by',
  'series.*.approved.by',
  'allocation.rules.*.owner',
  'metrics.*.owner',
  'metrics.*.numerator.where.owner.*',
  'metrics.*.denominator.where.owner.*',
  'budgets.*.owner',
  'budgets.*.scope.owner.*',
  'budgets.*.exclude.owner.*',
  'budgets.*.amounts.*.approvedBy',
  'budgets.*.events.*.owner',
  'budgets.*.escalate.to',
  'routes.noData',
  'smoke.*.pinned.by',
  'smoke.*.error.route.*',
] as const;

/** Finds every role that a plan names, with its place. */
export const rolesNamed = (raw: RawMap): ReturnType<typeof findTexts> =>
  ROLE_PLACES.flatMap((place) => findTexts(raw, place));

/** Names the workloads of a plan: those it lists, else those its allocation rules give. */
export function workloadsOf(raw: RawMap): readonly string[] {
  const listed = findTexts(raw, 'workloads.*');
  const found = listed.length > 0 ? listed : findTexts(raw, 'allocation.rules.*.workload');
  return [...new Set(found.map(({ value }) => value))];
}

/** Gives an export's provider: its own, else the plan's only one. */
export function providerOf(entry: RawMap, providerIds: readonly string[]): string | undefined {
  const only = providerIds.length === 1 ? providerIds[0] : undefined;
  return textAt(entry, 'provider') ?? only;
}

/** Tells whether an export or series is approved for a use; a budget review when it says nothing. */
export function isApprovedFor(entry: RawMap, use: string): boolean {
  const uses = findAll(entry, 'approved.for');
  if (uses.length === 0) return use === 'budget-review' && isMap(entry['approved']);
  return findTexts(entry, 'approved.for.*').some(({ value }) => value === use);
}

function environmentsOf(raw: RawMap): readonly RawMap[] {
  if (raw['environments'] !== undefined) {
    return findMaps(raw, 'environments.*').map(({ value }) => value);
  }
  return [
    { id: 'staging', kind: 'non-production' },
    { id: 'production', kind: 'production' },
  ];
}
