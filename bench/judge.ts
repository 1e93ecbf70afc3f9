import { budgetOutlook, historyPeriod, judgeBudget, NO_MEMORY } from '../src/budget/index.ts';
import {
  addDays,
  addDuration,
  dateIn,
  datesOf,
  fromAtto,
  type Instant,
  type Measured,
  periodAt,
} from '../src/core/index.ts';
import { seededRandom } from '../src/metrics/forecast/seeded-random.ts';
import type { PlanBudget } from '../src/plan/index.ts';
import type { Aggregate } from '../src/usage/index.ts';
import { type Figure, median } from './figure.ts';

const BUDGETS = 10_000;
const SCOPES = 1000;
const RUNS = 5;

const NOW = '2026-11-23T08:00:00Z' as Instant;
const PERIOD = periodAt('month', NOW, 'UTC');

/** Measures judging on aggregates that are ready, and forecasts of scopes with two years of days. */
export function figures(): Promise<readonly Figure[]> {
  return Promise.resolve([judging(), forecasting()]);
}

const BUDGET: PlanBudget = {
  id: 'monthly',
  title: 'Monthly',
  owner: 'finops',
  scope: {},
  cost: { basis: 'charged', include: ['usage'] },
  period: { every: 'month' },
  amount: '1200.00',
  rules: [
    { id: 'half', basis: 'actual', at: 0.5, severity: 'info' },
    { id: 'near', basis: 'actual', at: 0.8, severity: 'warning' },
    { id: 'over', basis: 'actual', at: 1, severity: 'critical' },
    { id: 'will-pass', basis: 'forecast', at: 1, fire: 0.8, clear: 0.5, severity: 'warning' },
    { id: 'burn', basis: 'burn', severity: 'warning' },
    { id: 'stale', basis: 'freshness', maxAge: '36h', severity: 'warning' },
    { id: 'blind', basis: 'coverage', min: 0.98, severity: 'warning' },
  ],
};

/** Two years of days with a weekly season and noise. */
function history(seed: number): Aggregate {
  const random = seededRandom(seed);
  const today = dateIn(NOW, 'UTC');
  const days = Array.from({ length: 730 }, (_, index) => {
    const usual = index % 7 < 5 ? 40 : 12;
    const value = usual * (0.7 + 0.6 * random());
    return { date: addDays(today, index - 730), measures: { chargedCost: sumOf(value) } };
  });
  return aggregateOf(historyPeriod(PERIOD), days);
}

const sumOf = (value: number): Measured => ({
  value: fromAtto(BigInt(Math.round(value * 1e6)) * 10n ** 12n),
  knownRows: 1,
  totalRows: 1,
});

function aggregateOf(period: Aggregate['period'], days: Aggregate['days']): Aggregate {
  const total = days.reduce((sum, { measures }) => sum + (measures.chargedCost?.value ?? 0n), 0n);
  const whole = { value: fromAtto(total), knownRows: days.length, totalRows: days.length };
  return {
    period,
    rows: [],
    total: { group: {}, measures: { chargedCost: whole } },
    days,
    coverage: {
      expected: days.length,
      present: days.length,
      missing: [],
      completeThrough: addDuration(NOW, '0h'),
    },
    currencies: ['USD'],
    exports: ['quota'],
    flags: [],
    requestsAre: 'operations',
  };
}

function judging(): Figure {
  const past = history(1);
  const dates = new Set<string>(datesOf(PERIOD));
  const current = aggregateOf(
    PERIOD,
    past.days.filter(({ date }) => dates.has(date)),
  );
  const outlook = budgetOutlook(BUDGET, PERIOD, past, { now: NOW });
  const judge = (count: number): number => {
    const start = process.cpuUsage();
    for (let index = 0; index < count; index += 1) {
      judgeBudget({
        budget: { ...BUDGET, id: `budget-${index}` },
        currency: 'USD',
        period: PERIOD,
        aggregate: current,
        now: NOW,
        outlook,
        memory: () => NO_MEMORY,
      });
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  judge(200);
  const [many, one]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run += 1) {
    one.push(judge(1));
    many.push(judge(BUDGETS));
  }
  const [value, reference] = [median(many), median(one)];
  return {
    name: `judge: ${BUDGETS} budgets on ready aggregates, CPU ms, against one`,
    value: value.toFixed(1),
    reference: reference.toFixed(3),
    ratio: (value / reference).toFixed(0),
    goal: '< 1000 CPU ms more',
    ok: value - reference < 1000,
  };
}

function forecasting(): Figure {
  const pasts = Array.from({ length: 20 }, (_, index) => history(index + 2));
  budgetOutlook(BUDGET, PERIOD, history(1), { now: NOW });
  const times = Array.from({ length: RUNS }, (_, run) => {
    const start = process.cpuUsage();
    for (let index = 0; index < SCOPES / RUNS; index += 1) {
      budgetOutlook(BUDGET, PERIOD, pasts[(index + run) % pasts.length]!, { now: NOW });
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  const value = times.reduce((sum, time) => sum + time, 0);
  return {
    name: `judge: forecasts of ${SCOPES} scopes of two years of days, CPU ms, against goal`,
    value: value.toFixed(0),
    reference: '5000',
    ratio: (value / 5000).toFixed(2),
    goal: '< 5000 CPU ms, so that one core does in 5 s',
    ok: value < 5000,
  };
}
