import { parseDecimal } from '../core/index.ts';
import { type Finding, finding } from './diagnostic.ts';
import type { Draft } from './draft.ts';
import {
  budgetGaps,
  type Gap,
  isJudgeable,
  metricGaps,
  reviewExports,
  supportsFor,
} from './fillable.ts';
import { METRIC_PRESETS } from './presets/metrics.ts';
import { findAll, findMaps, findTexts, type Path, type RawMap, textAt } from './tree.ts';

/** Finds budgets and metrics that contradict themselves, or that no approved export can ever support. */
export function checkBudgets(draft: Draft): readonly Finding[] {
  const budgets = findMaps(draft.raw, 'budgets.*');
  return [
    ...withoutExports(draft),
    ...budgets.flatMap(({ path, value }) => [
      ...contradictions(path, value),
      ...shares(path, value),
      ...gapFindings(path, budgetGaps(value, draft)),
      ...neverJudgedRules(path, value, draft),
    ]),
    ...findMaps(draft.raw, 'metrics.*').flatMap(({ path, value }) =>
      gapFindings(path, metricGaps(value, draft)),
    ),
    ...findTexts(draft.raw, 'metrics.*').flatMap(({ path, value }) => {
      const preset = Object.hasOwn(METRIC_PRESETS, value) ? METRIC_PRESETS[value] : undefined;
      return preset === undefined ? [] : presetFindings(path, { ...preset }, draft);
    }),
  ];
}

function withoutExports(draft: Draft): readonly Finding[] {
  const asks = ['budgets.*', 'metrics.*'].some((place) => findAll(draft.raw, place).length > 0);
  if (!asks || reviewExports(draft).length > 0) return [];
  const message = 'no export is approved for budget-review: no budget or metric can be judged';
  return [finding('no-export', ['exports'], message, { severity: 'warning', on: 'key' })];
}

/** A metric by name has no inner places to point at. */
function presetFindings(path: Path, preset: RawMap, draft: Draft): readonly Finding[] {
  return gapFindings(path, metricGaps(preset, draft)).map((found) => ({ ...found, path }));
}

function gapFindings(path: Path, gaps: readonly Gap[]): readonly Finding[] {
  return gaps.map((gap) => {
    const at = [...path, ...gap.path];
    if (gap.kind === 'measure') {
      const message = `no export approved for budget-review in its scope can fill ${gap.needs}`;
      const hint = 'ask for what an export holds, or approve one that holds this';
      return finding('unfillable', at, message, { hint });
    }
    const message = `no export approved for budget-review in its scope tells ${gap.needs} apart: this can never be judged`;
    return finding('never-judged', at, message, { severity: 'warning' });
  });
}

function contradictions(path: Path, budget: RawMap): readonly Finding[] {
  const findings: Finding[] = [];
  if (budget['at'] !== undefined && budget['rules'] !== undefined) {
    const message = 'expected `at` or `rules`, got both';
    const hint = '`at` is the short form of rules on actual spend';
    findings.push(finding('at-and-rules', [...path, 'at'], message, { on: 'key', hint }));
  }
  const from = textAt(budget, 'period', 'from');
  const until = textAt(budget, 'period', 'until');
  if (from !== undefined && until !== undefined && from >= until) {
    const message = `expected \`until\` to be after \`from\`, got ${from} and ${until}`;
    const hint = '`until` is the first day that no longer belongs to it';
    findings.push(finding('empty-period', [...path, 'period', 'until'], message, { hint }));
  }
  return [
    ...findings,
    ...notPositive(path, budget),
    ...prepaid(path, budget),
    ...hysteresis(path, budget),
  ];
}

/** A commitment is paid once and used for a year: as charged, it breaches one month and hides the use of all others. */
function prepaid(path: Path, budget: RawMap): readonly Finding[] {
  const basis = textAt(budget, 'cost', 'basis') ?? 'charged';
  const found = findTexts(budget, 'cost.include.*').find(({ value }) => value === 'purchase');
  if (found === undefined || basis !== 'charged') return [];
  const message =
    'a prepayment counts as charged in the period that it is paid in, not when it is used';
  const hint =
    '`basis: effective` counts what was used; leave `purchase` out to count no prepayment';
  return [
    finding('purchase-charged', [...path, ...found.path], message, { severity: 'warning', hint }),
  ];
}

const AMOUNTS = ['amount', 'amount.target', 'amounts.*.amount', 'amounts.*.amount.target'];

function notPositive(path: Path, budget: RawMap): readonly Finding[] {
  return AMOUNTS.flatMap((place) => findTexts(budget, place)).flatMap((found) => {
    const amount = parseDecimal(found.value);
    if (amount === undefined || amount > 0n) return [];
    const message = 'expected an amount greater than 0';
    return [finding('amount-not-positive', [...path, ...found.path], message)];
  });
}

function hysteresis(path: Path, budget: RawMap): readonly Finding[] {
  return findMaps(budget, 'rules.*').flatMap(({ path: inner, value }) => {
    const { fire = 0.8, clear = 0.5 } = value;
    if (typeof fire !== 'number' || typeof clear !== 'number' || clear <= fire) return [];
    const message = `expected \`clear\` to be at most \`fire\`, got ${clear} and ${fire}`;
    return [finding('clear-above-fire', [...path, ...inner, 'clear'], message)];
  });
}

/** Nobody watches a budget at five times its amount: such a number was meant as a percentage. */
const SHARE_SUSPECT = 5;

function shares(path: Path, budget: RawMap): readonly Finding[] {
  return [...findAll(budget, 'at.*'), ...findAll(budget, 'rules.*.at')].flatMap((found) => {
    const { value } = found;
    if (typeof value !== 'number' || value < SHARE_SUSPECT) return [];
    const message = `${value} is ${value * 100} % of the amount`;
    const hint = `${value} % is written ${value / 100}`;
    const at = [...path, ...found.path];
    return [finding('share-percent', at, message, { severity: 'warning', hint })];
  });
}

/** A day is over before a daily bucket of it arrives, and a coverage above 1 is never reached. */
function neverJudgedRules(path: Path, budget: RawMap, draft: Draft): readonly Finding[] {
  const supports = isJudgeable(draft) ? supportsFor(draft, budget['scope']) : [];
  const isDaily = supports.length > 0 && supports.every(({ grain }) => grain === 'day');
  const isForDays = textAt(budget, 'period', 'every') === 'day';
  const tellsNoHours = supports.some(({ grain }) => grain === 'day');
  return findMaps(budget, 'rules.*').flatMap(({ path: inner, value }) => {
    const at = [...path, ...inner];
    const looksAhead = value['basis'] === 'forecast' || value['basis'] === 'burn';
    if (looksAhead && isForDays && isDaily && value['implied'] !== true) {
      const message = 'the exports come in whole days, so a day has nothing to look ahead from';
      return [finding('never-judged', [...at, 'basis'], message, { severity: 'warning' })];
    }
    if (tellsNoHours && value['basis'] === 'burn') return hourWindows(at, value);
    if (value['basis'] !== 'coverage' || typeof value['min'] !== 'number' || value['min'] <= 1) {
      return [];
    }
    const message = `expected a share of at most 1, got ${value['min']}`;
    const hint = '0.98 means 98 %';
    return [finding('coverage-above-one', [...at, 'min'], message, { hint })];
  });
}

function hourWindows(path: Path, rule: RawMap): readonly Finding[] {
  const spans = ['windows.*.long', 'windows.*.short'].flatMap((place) => findTexts(rule, place));
  return spans
    .filter(({ value }) => value.endsWith('h'))
    .map((found) => {
      const message = 'an export of its scope comes in whole days, so no hour can be looked at';
      return finding('never-judged', [...path, ...found.path], message, { severity: 'warning' });
    });
}
