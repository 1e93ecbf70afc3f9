import { type Decimal, parseDecimal } from '../core/index.ts';
import type { Draft } from './draft.ts';
import { type Finding, finding } from './diagnostic.ts';
import { findMaps, type Path, type RawMap, textAt } from './tree.ts';

/** Finds families of budgets and dated amounts that contradict themselves. */
export function checkBudgetFamilies({ raw }: Draft): readonly Finding[] {
  const budgets = findMaps(raw, 'budgets.*');
  return budgets.flatMap(({ path, value }) => [
    ...loops(path, value, budgets),
    ...childrenAbove(path, value, budgets),
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

function childrenAbove(path: Path, budget: RawMap, budgets: Found): readonly Finding[] {
  const id = textAt(budget, 'id');
  const amount = parseDecimal(textAt(budget, 'amount') ?? '');
  const children = budgets.filter(({ value }) => textAt(value, 'parent') === id);
  if (id === undefined || amount === undefined || children.length === 0) return [];
  const parts = children.map(({ value }) => parseDecimal(textAt(value, 'amount') ?? ''));
  if (sumOf(parts) <= amount) return [];
  const message = `the parts of ${id} have amounts that sum to more than its own`;
  return [finding('children-above-parent', [...path, 'amount'], message, { severity: 'warning' })];
}

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
