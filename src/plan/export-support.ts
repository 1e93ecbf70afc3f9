import type { AdapterFacts, DimensionId, MeasureId } from './measures.ts';
import type { CostBasis } from './schema/fields.ts';
import { findTexts, isMap, type RawMap, textAt } from './tree.ts';

/** Says what one export of a plan can fill. */
export interface ExportSupport {
  readonly measures: ReadonlySet<MeasureId>;
  readonly dimensions: ReadonlySet<DimensionId>;
  readonly grain: AdapterFacts['grain'];
}

/**
 * Says what an export can fill: what its adapter reads, narrowed by its table mapping and by a missing conversion.
 *
 * `undefined` when no adapter has the name; reads raw data, so that a plan with mistakes is judged too.
 */
export function supportOf(
  entry: RawMap,
  adapters: readonly AdapterFacts[],
): ExportSupport | undefined {
  const facts = adapters.find(({ id }) => id === entry['adapter']);
  if (facts === undefined) return undefined;
  const mapping = isMap(entry['table']) ? entry['table'] : undefined;
  const lacksConversion =
    needsConversion(facts, mapping) && typeof entry['conversion'] !== 'string';
  const measures = facts.measures.filter(
    (measure) =>
      (mapping === undefined || isMappedMeasure(measure, mapping)) &&
      !(lacksConversion && COSTS.has(measure)),
  );
  const dimensions = facts.dimensions.filter((dimension) => isTold(dimension, mapping));
  return {
    measures: new Set([...measures, ...impliedMeasures(measures)]),
    dimensions: new Set([...ALWAYS, ...dimensions]),
    grain: facts.grain,
  };
}

/** Names the measure that holds a basis of cost; records call charged what others call billed. */
export const COST_MEASURES = {
  charged: 'chargedCost',
  effective: 'effectiveCost',
  list: 'listCost',
  upstream: 'upstreamCost',
  notional: 'notionalCost',
} as const satisfies Record<CostBasis, MeasureId>;

const COSTS: ReadonlySet<string> = new Set(Object.values(COST_MEASURES));

/** What the plan itself says about every row of an export. */
const ALWAYS: readonly DimensionId[] = ['day', 'environment', 'export', 'provider'];

function needsConversion(facts: AdapterFacts, mapping: RawMap | undefined): boolean {
  return facts.needsConversion || textAt(mapping, 'cost', 'unit') === 'quota';
}

/** `requests` is operations, else attempts; `tokens` is input plus output. */
function impliedMeasures(measures: readonly MeasureId[]): readonly MeasureId[] {
  const has = (measure: MeasureId): boolean => measures.includes(measure);
  return [
    ...(has('operations') || has('attempts') ? (['requests'] as const) : []),
    ...(has('inputTokens') && has('outputTokens') ? (['tokens'] as const) : []),
  ];
}

const TOKEN_FIELDS: Readonly<Partial<Record<MeasureId, string>>> = {
  cacheCreationInputTokens: 'cacheWrite',
  cacheReadInputTokens: 'cacheRead',
  inputTokens: 'input',
  outputTokens: 'output',
  reasoningOutputTokens: 'reasoning',
  tokens: 'input',
};

function isMappedMeasure(measure: MeasureId, mapping: RawMap): boolean {
  const field = TOKEN_FIELDS[measure];
  if (field !== undefined) return textAt(mapping, 'tokens', field) !== undefined;
  if (COSTS.has(measure)) {
    const basis = textAt(mapping, 'cost', 'basis');
    return Object.entries(COST_MEASURES).some(([id, of]) => id === basis && of === measure);
  }
  if (measure === 'seats') return textAt(mapping, 'columns', 'userRef') !== undefined;
  return measure === 'requests' || isCounted(measure, mapping);
}

/** Without counts each row is one attempt, and one operation where the request's reference is the row's key. */
function isCounted(measure: MeasureId, mapping: RawMap): boolean {
  const counts = ['attempts', 'operations'].filter((column) => textAt(mapping, 'columns', column));
  if (counts.length > 0) return counts.includes(measure);
  if (measure !== 'operations') return true;
  const keys = findTexts(mapping, 'key.*').map(({ value }) => value);
  return keys.length === 1 && keys[0] === textAt(mapping, 'columns', 'requestRef');
}

const DIMENSION_COLUMNS: Readonly<Partial<Record<DimensionId, readonly string[]>>> = {
  key: ['keyRef'],
  model: ['modelRequested', 'modelServed'],
  outcome: ['outcome'],
  project: ['projectRef'],
  workload: ['workload'],
};

/** No export but a mapped table has workloads of its own; an adapter lists them because allocation rules give them. */
function isTold(dimension: DimensionId, mapping: RawMap | undefined): boolean {
  if (mapping === undefined) return dimension !== 'workload';
  const columns = DIMENSION_COLUMNS[dimension];
  return columns === undefined || columns.some((column) => textAt(mapping, 'columns', column));
}
