import { itemAt, type Json, parseDecimal } from '../core/index.ts';
import type { RecordOf } from '../evidence/index.ts';
import type { Plan } from '../plan/index.ts';
import {
  backTestWords,
  forecastWords,
  heldWords,
  coverageWords,
  money,
  moneyOrUnknown,
  nextActionWords,
  percent,
  periodWords,
} from '../report/index.ts';
import { type Fact, type Notice, noticeOf } from './notice.ts';

type Alert = RecordOf<'alert'>;

/** What is told of an alert: that it fired, that nobody has acknowledged it, or that it is over. */
export interface AlertEventTold {
  readonly transition: 'fired' | 'escalated' | 'resolved' | 'restated';
  /** The digest under which it is claimed; the id of the notice. */
  readonly notice: string;
  /** Number of the escalation's step; 0 for none. */
  readonly step: number;
  /** The role that is told. */
  readonly to: string;
  /** When it happened. */
  readonly at: string;
}

/**
 * Renders what happened to an alert from its record, the event and the plan's titles alone.
 *
 * @param ref digest of the record's leaf, for the link; null as long as the alert is not recorded.
 */
export function noticeFromAlert(
  alert: Alert,
  plan: Plan,
  ref: string | null,
  told?: AlertEventTold,
): Notice {
  const facts = factsOf(alert, plan, ref);
  const hex = alert.alert.slice('sha256:'.length);
  const transition = told?.transition ?? 'fired';
  return noticeOf({
    id: told === undefined ? `alert-${hex}` : `notice-${told.notice.slice('sha256:'.length)}`,
    subject: `alert-${hex}`,
    thread: `budget-${alert.budget}`,
    state: transition === 'resolved' ? 'resolved' : 'firing',
    severity: alert.severity,
    title: `${PREFIXES[transition]}${facts.title}`,
    facts: [...toldFacts(told, plan), ...linesOf(facts)],
    startsAt: alert.asOf,
    endsAt: alert.period.end,
    labels: labelsOf(alert, plan),
    payload: payloadOf(alert, facts, told),
  });
}

const PREFIXES = {
  fired: '',
  escalated: 'Not acknowledged: ',
  resolved: 'Over: ',
  restated: 'Restated: ',
} as const;

function toldFacts(told: AlertEventTold | undefined, plan: Plan): readonly Fact[] {
  if (told === undefined) return [];
  const to = plan.owners.find(({ id }) => id === told.to)?.title ?? told.to;
  switch (told.transition) {
    case 'fired':
      return [];
    case 'escalated':
      return [['Escalation', `step ${told.step}, to ${to}: nobody acknowledged it in time`]];
    case 'resolved':
      return [['Over', `since ${told.at}; the numbers below are those of the alert`]];
    case 'restated':
      return [['Restated', `on ${told.at}: data of a closed period changed`]];
    default:
      told.transition satisfies never;
      return [];
  }
}

/** Nothing that changes while an alert lasts: receivers tell alerts apart by their labels. */
const labelsOf = (alert: Alert, plan: Plan): Notice['labels'] => ({
  alertname: 'SpendproofBudget',
  team: plan.team,
  budget: alert.budget,
  rule: itemAt(alert.rules, 0),
  period: alert.period.start,
  owner: alert.owner,
  severity: alert.severity,
});

interface Facts {
  readonly title: string;
  readonly ownerTitle: string;
  readonly spend: string;
  /** What the period will come to, how likely the amount is reached and when, and how good such forecasts were. */
  readonly ahead: readonly Fact[];
  /** The budget's own words. */
  readonly message: string | null;
  readonly share: string;
  readonly amount: string;
  readonly asOf: string;
  readonly dates: string;
  readonly coverage: string;
  readonly rules: string;
  readonly severity: Alert['severity'];
  /** Empty when nothing is held. */
  readonly held: string;
  readonly nextAction: 'keep-monitoring' | 'escalate-review';
  readonly ref: string | null;
}

function factsOf(alert: Alert, plan: Plan, ref: string | null): Facts {
  const budget = plan.budgets.find(({ id }) => id === alert.budget)?.title ?? alert.budget;
  const owner = plan.owners.find(({ id }) => id === alert.owner)?.title ?? alert.owner;
  const share = shareWords(alert);
  return {
    title: `${budget}: ${titleWords(alert, share)}`,
    ownerTitle: owner,
    spend: spendWords(alert),
    share: share ?? 'unknown',
    amount: moneyOrUnknown(alert.amount, alert.currency),
    ahead: aheadLines(alert),
    message: plan.budgets.find(({ id }) => id === alert.budget)?.message ?? null,
    asOf: alert.asOf,
    dates: `${periodWords(alert.period)} (${alert.period.zone})`,
    coverage: knownWords(alert),
    rules: alert.rules.join(', '),
    severity: alert.severity,
    held: heldWords(alert.held),
    nextAction: isSpent(alert) ? 'escalate-review' : 'keep-monitoring',
    ref,
  };
}

const linesOf = (facts: Facts): readonly Fact[] => [
  ['Spend', `${facts.spend} of ${facts.amount} (${facts.share})`],
  ...facts.ahead,
  ['Period', facts.dates],
  ['As of', facts.asOf],
  ['Coverage', facts.coverage],
  ['Thresholds', `${facts.rules} (${facts.severity})`],
  ...(facts.held === '' ? [] : [['Assumptions', facts.held] as const]),
  ['Owner', facts.ownerTitle],
  ['Next action', `${nextActionWords(facts.nextAction)} (${WHY[facts.nextAction]})`],
  ...(facts.message === null ? [] : [['Message', facts.message] as const]),
  ['Record', facts.ref === null ? 'not recorded yet' : `spendproof ledger show ${facts.ref}`],
  ['Note', 'a budget alerts, it does not cap'],
];

const WHY = {
  'keep-monitoring': 'the amount is not reached',
  'escalate-review': 'the amount is reached, the owner decides',
} as const;

const payloadOf = (alert: Alert, facts: Facts, told: AlertEventTold | undefined): Json => ({
  type: 'budget.alert',
  timestamp: alert.asOf,
  data: {
    alert: alert.alert,
    budget: alert.budget,
    rules: alert.rules,
    severity: alert.severity,
    basis: alert.basis ?? null,
    period: { ...alert.period },
    amount: alert.amount,
    spend: { ...alert.spend },
    share: alert.share,
    currency: alert.currency,
    forecast: forecastJson(alert),
    owner: alert.owner,
    held: alert.held.map((held) => ({ ...held })),
    nextAction: facts.nextAction,
    record: facts.ref,
    transition: told?.transition ?? 'fired',
    step: told?.step ?? 0,
    to: told?.to ?? alert.owner,
  },
});

/** A title says what was crossed: 49 % of a budget is no news, that it will not be enough is. */
function titleWords(alert: Alert, share: string | null): string {
  const { basis = 'actual', forecast, asOf, currency } = alert;
  const spent = share === null ? 'a threshold is crossed' : `${share} of the budget`;
  switch (basis) {
    case 'actual':
    case 'below':
      return spent;
    case 'forecast':
      if (forecast === undefined) return `the forecast passes the amount, ${spent} so far`;
      return `forecast ${forecastWords({ method: forecast.method, total: forecast.total }, currency)} of ${moneyOrUnknown(alert.amount, currency)}`;
    case 'burn':
      return `money goes faster than the amount allows, ${spent} so far`;
    case 'freshness':
      return `the usage data ends at ${asOf}`;
    case 'coverage':
      return 'days or rows of usage are missing';
    default:
      basis satisfies never;
      return spent;
  }
}

function aheadLines({ forecast, currency }: Alert): readonly Fact[] {
  if (forecast === undefined) return [];
  const { chance, expectedOn } = forecast;
  const odds = [
    ...(chance === undefined ? [] : [`${percent(chance)} that the amount is reached`]),
    ...(expectedOn === undefined || expectedOn === null ? [] : [`expected on ${expectedOn}`]),
  ];
  return [
    ['Forecast', forecastWords(forecast, currency)],
    ...(odds.length === 0 ? [] : [['Chance', odds.join(', ')] as const]),
    ['Forecast tested', backTestWords(forecast)],
  ];
}

function forecastJson({ forecast }: Alert): Json {
  if (forecast === undefined) return null;
  const { method, total, low, high, chance, expectedOn } = forecast;
  return {
    method,
    total,
    low: low ?? null,
    high: high ?? null,
    chance: chance ?? null,
    expectedOn: expectedOn ?? null,
  };
}

function shareWords({ share, spend }: Alert): string | null {
  return share === null ? null : `${isWhole(spend) ? '' : 'at least '}${percent(share)}`;
}

function spendWords({ spend, currency }: Alert): string {
  if (spend.value === null) return 'unknown';
  return `${isWhole(spend) ? '' : 'at least '}${money(spend.value, currency)}`;
}

/** Says how much of the spend is known: a sum without its coverage reads as the whole. */
function knownWords({ spend }: Alert): string {
  const { knownRows, totalRows } = spend;
  return totalRows === 0
    ? 'no rows'
    : `cost known for ${coverageWords(spend)} (${knownRows} of ${totalRows})`;
}

const isWhole = ({ value, knownRows, totalRows }: Alert['spend']): boolean =>
  value !== null && knownRows === totalRows;

/** Tells whether the known spend has reached the amount; with an amount of zero, any spend has. */
function isSpent({ spend, amount }: Alert): boolean {
  const value = spend.value === null ? undefined : parseDecimal(spend.value);
  const whole = parseDecimal(amount ?? '');
  if (value === undefined || whole === undefined) return false;
  return whole === 0n ? value > 0n : value >= whole;
}
