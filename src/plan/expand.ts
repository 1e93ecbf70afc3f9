import {
  type Draft,
  draftOf,
  mergeById,
  type PlanContext,
  rolesNamed,
  workloadsOf,
} from './draft.ts';
import { cadenceMs, durationText } from './freshness.ts';
import { METRIC_PRESETS } from './presets/metrics.ts';
import type { BudgetRule } from './schema/budgets.ts';
import { Plan } from './schema/plan.ts';
import { durationMs } from '../core/index.ts';
import { findTexts, isList, isMap, type RawMap, textAt } from './tree.ts';

/**
 * Writes every short form and default of a plan out.
 *
 * A preset is merged with the plan's own entries before defaults apply, so that a default never overrides a preset. An
 * expanded plan is valid input and expands to itself.
 *
 * @param raw data that has passed the schema and reference checks.
 * @throws {z.ZodError} for data that has not.
 */
export function expand(raw: RawMap, context: PlanContext): Plan {
  const draft = draftOf(raw, context);
  // A plan in this form names no preset: its entries are written out.
  const { provider: _, ...sections } = raw;
  const owner = ownerOf(raw);
  const notify = channelsOf(raw['notify']);
  const owned = (entry: RawMap): RawMap => ({ owner, ...entry });
  return Plan.parse({
    ...sections,
    owner,
    owners: ownersOf(raw, owner, notify),
    notify,
    providers: providersOf(draft),
    documents: documentsOf(draft).map(owned),
    assumptions: mapsIn(raw['assumptions']).map(owned),
    exports: mapsIn(raw['exports']).map((entry) => exportOf(entry, draft)),
    workloads: workloadsOf(raw),
    metrics: metricsOf(raw['metrics']).map(owned),
    budgets: mapsIn(raw['budgets']).map((budget) => owned(budgetOf(budget, cadenceMs(raw)))),
    smoke: mapsIn(raw['smoke']).map((entry) => ({ ...providerDefault(draft), ...entry })),
  });
}

const mapsIn = (value: unknown): readonly RawMap[] => (isList(value) ? value.filter(isMap) : []);

/** The plan's owner, else the first of its owners. */
function ownerOf(raw: RawMap): string {
  return textAt(raw, 'owner') ?? findTexts(raw, 'owners.*.id')[0]?.value ?? 'owner';
}

function channelsOf(notify: unknown): readonly RawMap[] {
  const path = textAt(notify, 'file');
  return path === undefined ? mapsIn(notify) : [{ id: 'outbox', kind: 'file', path }];
}

function ownersOf(raw: RawMap, owner: string, channels: readonly RawMap[]): readonly RawMap[] {
  const written = mapsIn(raw['owners']);
  const named = [owner, ...rolesNamed(raw).map(({ value }) => value)];
  const owners = written.length > 0 ? written : [...new Set(named)].map((id) => ({ id }));
  const notify = channels.map(({ id }) => id);
  return owners.map((entry) => ({ title: entry['id'], notify, ...entry }));
}

function providersOf({ raw, preset }: Draft): readonly RawMap[] {
  return mergeById(preset === undefined ? [] : [preset.provider], raw['providers']);
}

function providerDefault({ providerIds }: Draft): RawMap {
  return providerIds.length === 1 ? { provider: providerIds[0] } : {};
}

function documentsOf({ raw, preset, documents }: Draft): readonly RawMap[] {
  const leastMs = cadenceMs(raw);
  const maxAge = durationText(leastMs);
  const ownFreshness = new Set(
    mapsIn(raw['documents']).flatMap(({ id, freshness }) => (freshness === undefined ? [] : [id])),
  );
  const ofPreset = new Set(preset?.documents.map(({ id }) => id));
  return documents.map((entry) => {
    const preferred = textAt(entry, 'freshness', 'maxAge');
    if (preferred === undefined) return { ...entry, freshness: { maxAge } };
    // A preset's freshness suits a weekly review; a rarer one must not find every page stale.
    const { id } = entry;
    const isPresets = typeof id === 'string' && ofPreset.has(id) && !ownFreshness.has(id);
    return isPresets && durationMs(preferred) < leastMs
      ? { ...entry, freshness: { maxAge } }
      : entry;
  });
}

function exportOf(entry: RawMap, draft: Draft): RawMap {
  const adapter = draft.adapters.find(({ id }) => id === entry['adapter']);
  return { ...providerDefault(draft), ...(adapter && { zone: adapter.defaultZone }), ...entry };
}

function metricsOf(metrics: unknown): readonly RawMap[] {
  const entries = isList(metrics) ? metrics : [];
  return entries.map((entry) =>
    isMap(entry) ? entry : { id: entry, ...METRIC_PRESETS[String(entry)] },
  );
}

function budgetOf({ at, ...budget }: RawMap, maxAgeMs: number): RawMap {
  const title = budget['id'];
  if (budget['rules'] !== undefined) return { title, ...budget };
  const written = isList(at) ? at.filter((share) => typeof share === 'number') : undefined;
  const rules = (written ?? DEFAULT_SHARES).map((share) => ({
    ...thresholdRule(share),
    ...(written === undefined ? IMPLIED : {}),
  }));
  return { title, ...budget, rules: [...uniqueById(rules), ...watchRules(maxAgeMs)] };
}

const IMPLIED = { implied: true } as const;
const DEFAULT_SHARES: readonly number[] = [0.5, 0.8, 1];

/**
 * What watches a budget that names thresholds alone: the forecast, the pace, and the evidence itself. Data may be as old as
 * one cadence with its grace; no day may be missing.
 */
const watchRules = (maxAgeMs: number): readonly RawMap[] => [
  { id: 'forecast-100', basis: 'forecast', at: 1, severity: 'warning', ...IMPLIED },
  { id: 'burn', basis: 'burn', severity: 'warning', ...IMPLIED },
  {
    id: 'freshness',
    basis: 'freshness',
    maxAge: durationText(maxAgeMs),
    severity: 'warning',
    ...IMPLIED,
  },
  { id: 'coverage', basis: 'coverage', min: 1, severity: 'warning', ...IMPLIED },
];

/** Names a share by its percentage: `at-80`, `at-87-5`. */
function thresholdRule(share: number): { readonly id: string } & RawMap {
  const percent = String(Number((share * 100).toFixed(6))).replace('.', '-');
  return { id: `at-${percent}`, basis: 'actual', at: share, severity: severityOf(share) };
}

function severityOf(share: number): BudgetRule['severity'] {
  if (share >= 1) return 'critical';
  return share < 0.8 ? 'info' : 'warning';
}

function uniqueById<Rule extends { readonly id: string }>(rules: readonly Rule[]): readonly Rule[] {
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}
