import { itemAt, type Measured, type ReasonId, ZERO } from '../../core/index.ts';
import type { DimensionId, MeasureId, PlanMetric } from '../../plan/index.ts';
import type { Aggregate, AggregateRow } from '../../usage/index.ts';
import { COUNTS } from '../counts.ts';
import { costMeasure, metricRequest, type UsageQuestion } from '../request.ts';
import { decompose, type EffectItem, type Effects } from './decompose.ts';

/** Explains a change of cost, or says why nobody can. */
export type ExplainedChange =
  | { readonly kind: 'known'; readonly by: DimensionId; readonly effects: Effects }
  | { readonly kind: 'unknown'; readonly by: DimensionId; readonly reason: ReasonId };

/** What the rows of a question that are told apart by one thing say, of two periods. */
export interface ExplainInput {
  readonly metric: PlanMetric;
  readonly by: DimensionId;
  /** The plan's reporting currency; cost in another one is not converted. */
  readonly currency: string;
  /** The answers to {@link effectRequest}, in its order. */
  readonly current: readonly Aggregate[];
  readonly previous: readonly Aggregate[];
}

/**
 * Gives the questions behind a split into effects: those of the metric, by day and one thing more.
 *
 * @returns `undefined` for units that do not add up over things, such as seats or a series.
 */
export function effectRequest(
  metric: PlanMetric,
  by: DimensionId,
): readonly UsageQuestion[] | undefined {
  if (!('count' in metric.denominator)) return undefined;
  if (!COUNTS[metric.denominator.count].additive) return undefined;
  return metricRequest(metric).map((question) => ({ ...question, by: ['day', by] }));
}

/** Names rows of which the export does not say what they are. */
const NOT_SAID = '(not said)';
const UNTOLD: ReadonlySet<string> = new Set([NOT_SAID, '*']);

/**
 * Splits the change between two periods into volume, price and mix by one dimension.
 *
 * Unknown where the days differ, where a row of either period does not know its cost or units, or where a cost is in another currency than the plan's:
 * an effect of missing data would look like a change of price.
 */
export function explainChange(input: ExplainInput): ExplainedChange {
  const { by, current, previous } = input;
  const gap = gapOf(input);
  if (gap !== undefined) return { kind: 'unknown', by, reason: gap };
  const [before, after] = [sidesOf(input, previous), sidesOf(input, current)];
  const none = { cost: ZERO, units: ZERO };
  // Of things that nobody told apart, a move between them would look like a price.
  if ([...before.keys(), ...after.keys()].every((id) => UNTOLD.has(id))) {
    return { kind: 'unknown', by, reason: 'not-covered' };
  }
  const ids = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  const items = ids.map((id): EffectItem => ({
    id,
    before: before.get(id) ?? none,
    after: after.get(id) ?? none,
  }));
  const effects = decompose(items);
  if (effects === undefined) return { kind: 'unknown', by, reason: 'denominator-zero' };
  return { kind: 'known', by, effects };
}

function gapOf({ metric, currency, current, previous }: ExplainInput): ReasonId | undefined {
  const answers = [...current, ...previous];
  if (answers.some(({ currencies }) => currencies.some((other) => other !== currency))) {
    return 'currency-mixed';
  }
  if (previous.every(({ rows }) => rows.length === 0)) return 'no-baseline';
  const [now, then] = [itemAt(current, 0).coverage, itemAt(previous, 0).coverage];
  if (now.present * then.expected !== then.present * now.expected) return 'coverage-low';
  const isPartial = (aggregates: readonly Aggregate[], measure: MeasureId, at: number): boolean => {
    const { rows } = aggregates[at] ?? itemAt(aggregates, 0);
    return rows.some(({ measures }) => !isWhole(measures[measure]));
  };
  const { cost, units } = measuresOf(metric);
  for (const side of [current, previous]) {
    if (isPartial(side, cost, 0)) return 'numerator-missing';
    if (isPartial(side, units, 1)) return 'denominator-missing';
  }
  return undefined;
}

const isWhole = (measured: Measured | undefined): boolean =>
  measured === undefined || measured.knownRows === measured.totalRows;

function measuresOf(metric: PlanMetric): { readonly cost: MeasureId; readonly units: MeasureId } {
  const cost = costMeasure(metric.numerator.cost);
  const count = 'count' in metric.denominator ? COUNTS[metric.denominator.count].measure : null;
  return { cost, units: count ?? cost };
}

type Sides = Map<string, EffectItem['before']>;

function sidesOf({ metric, by }: ExplainInput, answers: readonly Aggregate[]): Sides {
  const { cost, units } = measuresOf(metric);
  const sides: Sides = new Map();
  const add = (row: AggregateRow, half: 'cost' | 'units', measure: MeasureId): void => {
    const id = row.group[by] ?? NOT_SAID;
    const side = sides.get(id) ?? { cost: ZERO, units: ZERO };
    const value = row.measures[measure]?.value ?? ZERO;
    sides.set(id, { ...side, [half]: side[half] + value });
  };
  const whole = itemAt(answers, 0);
  for (const row of whole.rows) add(row, 'cost', cost);
  for (const row of (answers[1] ?? whole).rows) add(row, 'units', units);
  return sides;
}
