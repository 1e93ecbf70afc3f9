import type { z } from 'zod';
import { COST_MEASURES, type ExportSupport, supportOf } from './export-support.ts';
import type { AdapterFacts } from './measures.ts';
import { presetOf } from './presets/providers.ts';
import type { CostBasis } from './schema/fields.ts';
import type { TableMapping } from './schema/exports.ts';
import { isList, isMap } from './tree.ts';

/** Names an export that `look` recognised. */
export interface SmallPlanExport {
  /** Default: the adapter's name. */
  readonly id?: string;
  readonly adapter: string;
  readonly path: string;
  /** Left out when the adapter's own is meant. */
  readonly zone?: string;
  readonly table?: z.input<typeof TableMapping>;
}

/** What `init` knows. */
export interface SmallPlanOptions {
  /** A preset by name; without it the plan names no provider. */
  readonly provider?: string;
  readonly team?: string;
  readonly timezone: string;
  readonly currency: string;
  readonly owner: string;
  /** Default: what the provider's account shows, for a preset. */
  readonly exports?: readonly SmallPlanExport[];
  /** Default: one monthly budget. */
  readonly budgets?: readonly { readonly id: string; readonly amount: string }[];
  /** The date of approval, `YYYY-MM-DD`. */
  readonly today: string;
  /** Needed with `exports`, so that the plan asks only for what they hold. */
  readonly adapters?: readonly AdapterFacts[];
}

/**
 * Writes the commented plan that `spendproof init` leaves behind: eleven lines for a preset.
 *
 * It asks for nothing that the given exports cannot fill, and parses without a warning.
 */
export function smallPlan(options: SmallPlanOptions): string {
  const exports = (options.exports ?? presetExports(options)).map(withId);
  const supports = exports.flatMap(
    (entry) => supportOf({ ...entry }, options.adapters ?? []) ?? [],
  );
  const lines = [
    '# yaml-language-server: $schema=./spendproof.schema.json',
    ...commented('The version of this format.', 'version: 1'),
    ...(options.team === undefined
      ? []
      : commented('Names the team in records.', `team: ${flow(options.team)}`)),
    ...providerLines(options.provider),
    ...commented(
      'Reviews, budgets and reports use this zone.',
      `timezone: ${flow(options.timezone)}`,
    ),
    ...commented('Other currencies are never mixed in.', `currency: ${flow(options.currency)}`),
    ...commented('The role that owns whatever names no other.', `owner: ${flow(options.owner)}`),
    ...commented('Notices are files in this folder.', 'notify: { file: outbox }'),
    ...exportLines(exports, options),
    ...(isKnown(options) ? metricLines(supports) : metricLines(undefined)),
    ...budgetLines(options, isKnown(options) ? supports : undefined),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a provider's account gives everybody: a daily quota file, for the first preset. */
const PRESET_EXPORTS: Readonly<Record<string, SmallPlanExport>> = {
  cometapi: { id: 'quota', adapter: 'cometapi-quota', path: 'exports/*.json' },
};

function presetExports({ provider }: SmallPlanOptions): readonly SmallPlanExport[] {
  const entry =
    provider !== undefined && Object.hasOwn(PRESET_EXPORTS, provider)
      ? PRESET_EXPORTS[provider]
      : undefined;
  return entry === undefined ? [] : [entry];
}

const isKnown = ({ exports, adapters }: SmallPlanOptions): boolean =>
  exports !== undefined && adapters !== undefined;

function withId(entry: SmallPlanExport, index: number, all: readonly SmallPlanExport[]) {
  const isAlone = all.filter(({ adapter }) => adapter === entry.adapter).length === 1;
  return { ...entry, id: entry.id ?? (isAlone ? entry.adapter : `${entry.adapter}-${index + 1}`) };
}

const commented = (comment: string, line: string): readonly string[] => [`# ${comment}`, line];

function providerLines(provider: string | undefined): readonly string[] {
  if (presetOf(provider) === undefined) return [];
  const comment =
    'Brings the public pages that a review reads; `spendproof plan --expanded` shows them.';
  return commented(comment, `provider: ${flow(provider)}`);
}

function exportLines(
  exports: readonly (SmallPlanExport & { readonly id: string })[],
  { owner, today }: SmallPlanOptions,
): readonly string[] {
  if (exports.length === 0) return [];
  const lines = exports.flatMap(({ id, adapter, path, ...rest }) => {
    const entry = { id, adapter, path: new Quoted(path), ...rest };
    const line = `  - ${flow({ ...entry, approved: { by: owner, date: today } })}`;
    return [`  # Approved by a role, on a date.`, line];
  });
  const linked = exports.length < 2 ? [] : reconcileLines(exports.map(({ id }) => id));
  return [...commented('The only files that are read as usage.', 'exports:'), ...lines, ...linked];
}

function reconcileLines(ids: readonly string[]): readonly string[] {
  return [
    ...commented(
      'Views of one bill: the first that knows a number counts. Say `disjoint: true` on exports that are not.',
      'reconcile:',
    ),
    `  - ${flow({ id: 'one-bill', of: ids })}`,
  ];
}

/** Without knowledge of the exports the metric of the smallest plan is asked for. */
function metricLines(supports: readonly ExportSupport[] | undefined): readonly string[] {
  const fills = (measure: 'chargedCost' | 'requests' | 'tokens'): boolean =>
    supports === undefined || supports.some(({ measures }) => measures.has(measure));
  const comment = 'What a unit costs, compared with the period before.';
  if (!fills('chargedCost')) return [];
  if (fills('requests')) return commented(comment, 'metrics: [cost-per-1k-requests]');
  return fills('tokens') ? commented(comment, 'metrics: [cost-per-1m-tokens]') : [];
}

function budgetLines(
  { budgets = [{ id: 'monthly', amount: '1200.00' }] }: SmallPlanOptions,
  supports: readonly ExportSupport[] | undefined,
): readonly string[] {
  const bases = Object.entries(COST_MEASURES) as readonly [CostBasis, 'chargedCost'][];
  const basis =
    supports === undefined
      ? 'charged'
      : bases.find(([, measure]) => supports.some(({ measures }) => measures.has(measure)))?.[0];
  if (basis === undefined) return [];
  const cost = basis === 'charged' ? {} : { cost: { basis } };
  const lines = budgets.flatMap(({ id, amount }) => [
    '  # Your own amount; it alerts at these shares, it does not cap.',
    `  - ${flow({ id, amount: new Quoted(amount), ...cost, at: new Shares([0.5, 0.8, 1]) })}`,
  ]);
  return lines.length === 0
    ? []
    : [...commented('A month in the zone above.', 'budgets:'), ...lines];
}

/** A text that keeps its quotes. */
class Quoted {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Shares of an amount, written with a decimal place. */
class Shares {
  readonly shares: readonly number[];
  constructor(shares: readonly number[]) {
    this.shares = shares;
  }
}

/** Writes a value in YAML's flow form; a text is plain only where every reader takes it for a text. */
function flow(value: unknown): string {
  if (value instanceof Quoted) return JSON.stringify(value.text);
  if (value instanceof Shares)
    return `[${value.shares.map((share) => share.toFixed(1)).join(', ')}]`;
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  if (isMap(value)) {
    const pairs = Object.entries(value).map(([key, child]) => `${flow(key)}: ${flow(child)}`);
    return `{ ${pairs.join(', ')} }`;
  }
  return typeof value === 'string' && !isPlain(value) ? JSON.stringify(value) : String(value);
}

const isPlain = (text: string): boolean =>
  (/^[A-Za-z][\w/-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)) ||
  /^\d{4}-\d{2}-\d{2}$/.test(text);
