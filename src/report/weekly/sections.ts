import { count, money, movedText, percent } from '../numbers.ts';
import { cell, type Cell, type Column, shown, type TableContent } from '../table.ts';
import { metricTable } from '../tables.ts';
import { budgetBlocks } from './budget-blocks.ts';
import {
  cosignedWords,
  nextActionWords,
  periodWords,
  reasonWords,
  reconciledWords,
} from '../words.ts';
import type { Block, Section } from './block.ts';
import type { Compared, Comparison, WeeklyPage } from './page.ts';

/** Lays the page out: every chart stands beside a table with its numbers. */
export const weeklySections = (page: WeeklyPage): readonly Section[] => [
  { id: 'agenda', title: 'Agenda', blocks: agenda(page) },
  { id: 'spend', title: 'Spend, same weekdays', blocks: spend(page) },
  { id: 'budgets', title: 'Budgets', blocks: budgetBlocks(page) },
  { id: 'forecasts', title: 'Forecasts of ended periods', blocks: forecasts(page) },
  { id: 'alerts', title: 'Alerts', blocks: alerts(page) },
  { id: 'metrics', title: 'Unit metrics', blocks: metrics(page) },
  { id: 'smoke', title: 'Smoke tests', blocks: smoke(page) },
  { id: 'documents', title: 'Documents', blocks: documents(page) },
  { id: 'reviews', title: 'Reviews', blocks: reviews(page) },
];

/** The sentence that stands above everything. */
export function headline({ review, ownerTitle }: WeeklyPage): string {
  const { outcome, nextAction, period } = review.body;
  const why = reasonWords(review.body.reasons);
  // Of a review that passed, the reasons are what to watch, not why it passed.
  const because = why === '' || outcome === 'pass' ? '' : `, because ${why}`;
  const watch = why === '' || outcome !== 'pass' ? '' : `To watch: ${why}. `;
  return (
    `${periodWords(period)} (${period.zone}) ended ${outcome}${because}. ${watch}` +
    `Next action: ${nextActionWords(nextAction)}, owner ${ownerTitle}.`
  );
}

/** What the page rests on, and what it is not. */
export const footLines = (page: WeeklyPage): readonly string[] => [
  `Next review: ${page.next}.`,
  `Record ${page.review.ref}, entry ${page.review.index} of its ledger; verify with: spendproof ledger verify.`,
  cosignedWords(page),
  ...loopbackLines(page),
  reconciledWords(page.review.body.usage),
  'A budget alerts, it does not cap. This page is no substitute for the account console, the contract, the invoice or the provider’s documentation.',
];

const loopbackLines = ({ loopback }: WeeklyPage): readonly string[] =>
  loopback.length === 0 ? [] : [`This plan allows plain HTTP at ${loopback.join(', ')}.`];

const left = (key: string, title: string): Column => ({ key, title, align: 'left' });
const right = (key: string, title: string): Column => ({ key, title, align: 'right' });
const none = (text: string): readonly Block[] => [{ kind: 'text', text }];

function agenda({ agenda: items }: WeeklyPage): readonly Block[] {
  if (items.length === 0) return none('Nothing needs a decision.');
  const table: TableContent = {
    columns: [
      left('weight', 'Do'),
      left('what', 'What'),
      left('owner', 'Owner'),
      left('command', 'See'),
    ],
    rows: items.map(({ weight, what, owner, command }) => [
      cell(weight),
      cell(what),
      cell(owner),
      cell(command),
    ]),
  };
  return [{ kind: 'table', caption: 'What to decide or to look at, weightiest first', table }];
}

function spend({ comparison, allocation }: WeeklyPage): readonly Block[] {
  if (comparison === null) return none('No usage is imported.');
  const { from, until, beforeFrom, beforeUntil, missing } = comparison;
  const gap =
    missing.length === 0
      ? 'No day is missing on either side.'
      : `Missing: ${missing.slice(0, 14).join(', ')}${missing.length > 14 ? ' …' : ''}. A change is not given where days are missing.`;
  return [
    {
      kind: 'text',
      text: `${from} to ${until} beside ${beforeFrom} to ${beforeUntil}: the same number of each weekday on both sides. ${gap}`,
    },
    { kind: 'table', caption: 'Totals beside the same weekdays before', table: totals(comparison) },
    { kind: 'days', comparison },
    {
      kind: 'table',
      caption: 'Cost by day beside the same weekday before',
      table: dayTable(comparison),
    },
    ...allocated(allocation),
  ];
}

function allocated(allocation: WeeklyPage['allocation']): readonly Block[] {
  if (allocation === null) return [];
  const { rows, share, currency } = allocation;
  const words = share === null ? 'unknown' : percent(share);
  const table: TableContent = {
    columns: [left('workload', 'Workload'), right('cost', 'Cost')],
    rows: rows.map(({ workload, cost }) => [
      cell(workload),
      shown(cost, cost === null ? 'unknown' : money(cost, currency)),
    ]),
  };
  return [
    { kind: 'text', text: `Allocated share of the known cost: ${words}.` },
    { kind: 'table', caption: 'Cost by workload', table },
  ];
}

const NAMES = { cost: 'Cost', requests: 'Requests', tokens: 'Tokens' } as const;

function totals({ measures, currency }: Comparison): TableContent {
  const side = (measure: Compared['measure'], sum: Compared['current']): Cell => {
    if (sum.value === null) return shown(null, 'unknown');
    const text = measure === 'cost' ? money(sum.value, currency) : count(sum.value);
    return shown(sum.value, `${sum.knownRows < sum.totalRows ? 'at least ' : ''}${text}`);
  };
  return {
    columns: [
      left('measure', 'Measure'),
      right('current', 'This period'),
      right('previous', 'Before'),
      right('change', 'Change'),
    ],
    rows: measures.map(({ measure, current, previous, change }) => [
      cell(NAMES[measure]),
      side(measure, current),
      side(measure, previous),
      shown(
        change,
        movedText({ change, now: current.value, before: previous.value }, (text) =>
          measure === 'cost' ? money(text, currency) : count(text),
        ),
      ),
    ]),
  };
}

const dayTable = ({ days, currency }: Comparison): TableContent => ({
  columns: [
    left('date', 'Date'),
    right('current', 'Cost'),
    left('before', 'Beside'),
    right('previous', 'Cost before'),
  ],
  rows: days.map(({ date, before, current, previous }) => [
    cell(`${weekdayOf(date)} ${date}`),
    shown(current, current === null ? 'missing' : money(current, currency)),
    cell(before),
    shown(previous, previous === null ? 'missing' : money(previous, currency)),
  ]),
});

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** Names the weekday of a date. */
export const weekdayOf = (date: string): string =>
  WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';

function forecasts({ forecasts: checks, budgetTitles }: WeeklyPage): readonly Block[] {
  if (checks.length === 0) return none('No period with a forecast has ended yet.');
  const banded = checks.filter(({ inBand }) => inBand !== null);
  const hits = banded.filter(({ inBand }) => inBand === true).length;
  const bands =
    banded.length === 0 ? [] : none(`The 80 % band held ${hits} of ${banded.length} times.`);
  const table: TableContent = {
    columns: [
      left('budget', 'Budget'),
      left('asOf', 'As of'),
      left('method', 'Method'),
      right('forecast', 'Forecast'),
      right('actual', 'Actual'),
      right('error', 'Error'),
      left('band', 'In band'),
    ],
    rows: checks.map((check) => [
      cell(budgetTitles[check.budget] ?? check.budget),
      cell(check.asOf.slice(0, 10)),
      cell(check.method),
      shown(check.forecast, money(check.forecast, check.currency)),
      shown(check.actual, money(check.actual, check.currency)),
      shown(
        check.error,
        movedText({ change: check.error, now: check.forecast, before: check.actual }, (text) =>
          money(text, check.currency),
        ),
      ),
      cell(check.inBand === null ? 'no band' : check.inBand ? 'yes' : 'no'),
    ]),
  };
  return [...bands, { kind: 'table', caption: 'Forecasts beside what came', table }];
}

function alerts({ alerts: lines, budgetTitles }: WeeklyPage): readonly Block[] {
  if (lines.length === 0) return none('No alert in the last four weeks.');
  const table: TableContent = {
    columns: [
      left('at', 'At'),
      left('budget', 'Budget'),
      left('rules', 'Rules'),
      left('severity', 'Severity'),
      left('sent', 'Sent'),
      left('acknowledged', 'Acknowledged'),
      left('over', 'Over'),
    ],
    rows: lines.map((line) => [
      cell(line.at),
      cell(budgetTitles[line.budget] ?? line.budget),
      cell(line.rules.join(', ')),
      cell(line.severity),
      cell(sentWords(line)),
      cell(acknowledgedWords(line)),
      cell(line.resolvedAt),
    ]),
  };
  return [
    {
      kind: 'table',
      caption: 'Alerts of the last four weeks, with the time to acknowledge',
      table,
    },
  ];
}

function sentWords({ reached, failed }: WeeklyPage['alerts'][number]): string {
  const parts = [
    ...(reached.length === 0 ? [] : [reached.join(', ')]),
    ...(failed.length === 0 ? [] : [`failed: ${failed.join(', ')}`]),
  ];
  return parts.length === 0 ? 'not sent' : parts.join('; ');
}

function acknowledgedWords(line: WeeklyPage['alerts'][number]): string {
  if (line.acknowledgedAt === null) return 'not yet';
  const minutes = Math.round((Date.parse(line.acknowledgedAt) - Date.parse(line.at)) / 60_000);
  return `after ${durationWords(minutes)} by ${line.acknowledgedBy ?? 'somebody'}`;
}

/** Puts minutes in words: `40 min`, `5 h`, `3 d`. */
function durationWords(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}

function metrics({ metrics: bodies }: WeeklyPage): readonly Block[] {
  if (bodies.length === 0) return none('No metric was computed.');
  return [
    {
      kind: 'table',
      caption: 'Unit metrics beside the preceding period',
      table: metricTable(bodies),
    },
  ];
}

function smoke({ smoke: bodies }: WeeklyPage): readonly Block[] {
  if (bodies.length === 0) return none('No request was sent.');
  return [
    {
      kind: 'list',
      items: bodies.map((body) => {
        const why = reasonWords(body.reasons);
        return `${body.smoke} in ${body.environment}: happy path ${body.happy.outcome}, error path ${body.error.outcome}${why === '' ? '' : ` (${why})`}`;
      }),
    },
  ];
}

function documents({ documents: bodies }: WeeklyPage): readonly Block[] {
  if (bodies.length === 0) return none('No document was read.');
  const changed = bodies.filter(({ state, outcome }) => state !== 'same' || outcome !== 'pass');
  const same = bodies.length - changed.length;
  const rest = `${same} of ${bodies.length} read the same as the text that a role accepted.`;
  const items = changed.map(({ document, state, reasons }) => {
    const why = reasonWords(reasons);
    return `${document}: ${state}${why === '' ? '' : `, ${why}`}`;
  });
  return [
    { kind: 'text', text: rest },
    ...(items.length === 0 ? [] : [{ kind: 'list' as const, items }]),
  ];
}

function reviews({ history, missed }: WeeklyPage): readonly Block[] {
  const late = missed.map((at) => `The review that was due at ${at} was missed.`);
  const table: TableContent = {
    columns: [
      left('review', 'Review'),
      left('trigger', 'Trigger'),
      left('outcome', 'Outcome'),
      left('at', 'Recorded'),
    ],
    rows: history.map(({ review, trigger, outcome, at }) => [
      cell(review),
      cell(trigger),
      cell(outcome),
      cell(at),
    ]),
  };
  return [
    ...(late.length === 0 ? [] : [{ kind: 'list' as const, items: late }]),
    { kind: 'table', caption: 'The last reviews, newest first', table },
  ];
}

/** Writes a share of an amount as a reader sees it; a dash where it is not known. */
export const shareWords = (share: string | null): string => (share === null ? '–' : percent(share));
