import {
  type Decimal,
  divideDecimal,
  multiplyDecimal,
  parseDecimal,
  wholeDecimal,
} from '../core/index.ts';
import type { Draft } from './draft.ts';
import { type Finding, finding } from './diagnostic.ts';
import { METRIC_PRESETS } from './presets/metrics.ts';
import { findMaps, isMap, type Path, type RawMap, textAt } from './tree.ts';

/** Finds families of budgets and dated amounts that contradict themselves. */
export function checkBudgetFamilies({ raw }: Draft): readonly Finding[] {
  const budgets = findMaps(raw, 'budgets.*');
  return budgets.flatMap(({ path, value }) => [
    ...loops(path, value, budgets),
    ...childrenAbove(path, value, raw),
    ...unordered(path, value),
  ]);
}

type Found = ReturnType<typeof findMaps>;

function loops(path: Path, budget: RawMap, budgets: Found): readonly Finding[] {
  const id = textAt(budget, 'id');
  const seen = new Set([id]);
  let parent = textAt(budget, 'parent');
  while (parent !== undefined && !seen.has(parent)) {
    seen.add(parent);
    const wanted = parent;
    parent = textAt(budgets.find(({ value }) => textAt(value, 'id') === wanted)?.value, 'parent');
  }
  if (parent === undefined || parent !== id) return [];
  const message = `expected a parent that is no part of ${id}, got ${textAt(budget, 'parent')}`;
  return [finding('budget-loop', [...path, 'parent'], message)];
}

function childrenAbove(path: Path, budget: RawMap, raw: RawMap): readonly Finding[] {
  const budgets = findMaps(raw, 'budgets.*');
  const id = textAt(budget, 'id');
  const amount = writtenAmount(budget, raw);
  const children = budgets.filter(({ value }) => textAt(value, 'parent') === id);
  if (id === undefined || amount === undefined || children.length === 0) return [];
  const parts = children.map(({ value }) => writtenAmount(value, raw));
  if (sumOf(parts) <= amount) return [];
  const message = `the parts of ${id} have amounts that sum to more than its own`;
  return [finding('children-above-parent', [...path, 'amount'], message, { severity: 'warning' })];
}

/** An amount whose quantity a series holds is not known before the series is read. */
function writtenAmount(budget: RawMap, raw: RawMap): Decimal | undefined {
  const { amount } = budget;
  if (!isMap(amount)) return parseDecimal(typeof amount === 'string' ? amount : '');
  const target = parseDecimal(String(amount['target']));
  const { quantity, unitMetric } = amount;
  if (target === undefined || !isWhole(quantity)) return undefined;
  const metric = findMaps(raw, 'metrics.*').find(({ value }) => value['id'] === unitMetric)?.value;
  const { scale = 1 } = metric ?? METRIC_PRESETS[String(unitMetric)] ?? {};
  if (!isWhole(scale)) return undefined;
  return divideDecimal(multiplyDecimal(target, wholeDecimal(quantity)), wholeDecimal(scale));
}

/** What is no whole number is the schema's business. */
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);

const sumOf = (parts: readonly (Decimal | undefined)[]): bigint =>
  parts.reduce<bigint>((sum, part) => sum + (part ?? 0n), 0n);

function unordered(path: Path, budget: RawMap): readonly Finding[] {
  const revisions = findMaps(budget, 'amounts.*');
  return revisions.flatMap(({ path: inner, value }, index) => {
    const before = textAt(revisions[index - 1]?.value, 'from');
    const from = textAt(value, 'from');
    if (before === undefined || from === undefined || before < from) return [];
    const message = `expected revisions oldest first, got ${from} after ${before}`;
    return [finding('amounts-unordered', [...path, ...inner, 'from'], message)];
  });
}
