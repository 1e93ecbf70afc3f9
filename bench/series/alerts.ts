import { lookAhead } from '../../src/metrics/forecast/outlook.ts';
import { isWhole, type Month, sumOf, wholeMonths } from './months.ts';
import { type DailySeries, readNn5 } from './read.ts';

/** How a rule did over months: those it alerted on, those that overran, and how often it changed its mind. */
export interface RuleScore {
  months: number;
  overruns: number;
  alerted: number;
  hits: number;
  changes: number;
}

const FIRST = '1996-08';
const FIRE = 0.8;
const CLEAR = 0.5;

/**
 * Runs the forecast rule and the run-rate rule day by day over every whole month, with a budget of 1.05 times the mean of
 * the three months before, until the amount is really reached. `every` takes each nth series alone.
 */
export function scoreRules(every = 1): { readonly chance: RuleScore; readonly runRate: RuleScore } {
  const [chance, runRate] = [emptyScore(), emptyScore()];
  for (const series of readNn5().filter((_, index) => index % every === 0)) {
    const months = wholeMonths(series);
    for (const [index, month] of months.entries()) {
      const before = months.slice(index - 3, index);
      if (month.id < FIRST || before.length < 3 || !isWhole(series, month)) continue;
      const budget = 1.05 * (before.reduce((sum, one) => sum + fullSum(series, one), 0) / 3);
      playMonth(series, month, budget, { chance, runRate });
    }
  }
  return { chance, runRate };
}

const emptyScore = (): RuleScore => ({ months: 0, overruns: 0, alerted: 0, hits: 0, changes: 0 });

/** A month with gaps counts as if its known days were all of them. */
function fullSum(series: DailySeries, { from, until }: Month): number {
  const days = series.values.slice(from, until).filter((value) => !Number.isNaN(value));
  return (sumOf(series, from, until) / days.length) * (until - from);
}

function playMonth(
  series: DailySeries,
  { from, until }: Month,
  budget: number,
  scores: { readonly chance: RuleScore; readonly runRate: RuleScore },
): void {
  const isOver = sumOf(series, from, until) > budget;
  const chance = follower(scores.chance);
  const runRate = follower(scores.runRate);
  for (let day = 1; day < until - from; day += 1) {
    const spent = sumOf(series, from, from + day);
    if (spent > budget) break;
    const { samples } = lookAhead(series.values.slice(0, from + day), until - from - day)!;
    const share = samples.filter((sample) => sample >= budget - spent).length / samples.length;
    chance.see(share >= (chance.isFiring() ? CLEAR : FIRE));
    if (day >= 3) runRate.see((spent / day) * (until - from) > budget);
  }
  chance.end(isOver);
  runRate.end(isOver);
}

function follower(score: RuleScore) {
  let [isFiring, hasFired] = [false, false];
  return {
    isFiring: () => isFiring,
    see: (now: boolean): void => {
      if (now !== isFiring) score.changes += 1;
      isFiring = now;
      hasFired ||= now;
    },
    end: (isOver: boolean): void => {
      score.months += 1;
      score.overruns += isOver ? 1 : 0;
      score.alerted += hasFired ? 1 : 0;
      score.hits += hasFired && isOver ? 1 : 0;
    },
  };
}
