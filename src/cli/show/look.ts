import { formatDecimal, type Json, terminalText } from '../../core/index.ts';
import {
  cell,
  type Cell,
  count,
  countOf,
  coverageWords,
  shown,
  type TableContent,
  unitCost,
} from '../../report/index.ts';
import { measuredText } from '../../metrics/index.ts';
import type { LookResult, Span, Sums } from '../../usage/index.ts';
import { terminalTable } from '../formats.ts';
import type { Call } from '../world.ts';
import { replayWords } from './usage.ts';

type Measure = keyof Sums;

/** The measures that a table shows, in order; one that the file does not hold has no column. */
const SHOWN: readonly (readonly [Measure, string])[] = [
  ['requests', 'Requests'],
  ['inputTokens', 'Input tokens'],
  ['cacheReadInputTokens', 'Cached input'],
  ['outputTokens', 'Output tokens'],
  ['chargedCost', 'Charged'],
  ['effectiveCost', 'Effective'],
  ['listCost', 'List'],
  ['upstreamCost', 'Upstream'],
  ['notionalCost', 'Notional'],
];

/** A page shows so many keys or models; `--json` has up to 50. */
const GROUPS_SHOWN = 12;

/** Shows what a file holds: totals, by day, by key or model, unit costs, missing days, and what it cannot tell. */
export function showLook(call: Call, results: readonly LookResult[]): string {
  return results.map((result) => sections(call, result).join('\n')).join('\n\n');
}

/** Lays out the days of all files as one table, for `--format csv` and `md`. */
export const lookTable = (results: readonly LookResult[]): TableContent => ({
  columns: [
    { key: 'file', title: 'File', align: 'left' },
    { key: 'date', title: 'Date', align: 'left' },
    ...SHOWN.map(([key, title]) => ({ key, title, align: 'right' as const })),
    { key: 'currency', title: 'Currency', align: 'left' },
  ],
  rows: results.flatMap((result) =>
    result.days.map(({ date, sums }) => [
      cell(result.file),
      cell(date),
      ...SHOWN.map(([measure]) => measureCell(sums, measure)),
      cell(result.currency),
    ]),
  ),
});

/** Gives the result as plain JSON: decimals as text. */
export const lookJson = (results: readonly LookResult[]): Json =>
  JSON.parse(
    JSON.stringify(results, (_key, value: unknown) =>
      // Only decimals are bigint in a result.
      typeof value === 'bigint'
        ? formatDecimal(value as Parameters<typeof formatDecimal>[0])
        : value,
    ),
  ) as Json;

function sections(call: Call, result: LookResult): readonly string[] {
  const { file, adapter, recognisedBy, rows, zone, totals } = result;
  const measures = SHOWN.filter(([measure]) => totals[measure] !== undefined);
  return [
    terminalText(file),
    `  ${adapter}: ${recognisedBy}`,
    `  ${count(rows)} ${rows === 1 ? 'row' : 'rows'}, ${spanWords(result)}, zone ${zone}${leftOutWords(result)}`,
    '',
    ...block('Totals', [
      ...measures.map(
        ([measure, name]) =>
          `${name.padEnd(15)} ${measureText(totals, measure)}${currencyOf(result, measure)}${knownWords(totals, measure)}`,
      ),
      ...currencyLines(result),
    ]),
    ...block(
      'Unit costs',
      result.unitCosts.map(
        ({ unit, value }) => `${UNIT[unit].padEnd(15)} ${unitCost(value, result.currency ?? '')}`,
      ),
    ),
    ...table(
      call,
      'By day',
      groupTable(
        'Date',
        measures,
        result.days.map(({ date, sums }) => [date, sums]),
      ),
    ),
    ...groupLines(call, result, measures),
    ...block('Days', dayWords(result)),
    ...block(
      'Dropped columns',
      result.droppedColumns.length === 0
        ? []
        : [result.droppedColumns.map(terminalText).join(', ')],
    ),
    ...block(
      'It cannot tell',
      result.cannotTell.map(({ sentence }) => `- ${sentence}`),
    ),
  ];
}

/** Several currencies stand one below the other, and nothing is divided or added up of them. */
const currencyLines = ({ byCurrency = [] }: LookResult): readonly string[] =>
  byCurrency.flatMap(({ currency, sums }) =>
    SHOWN.filter(([measure]) => sums[measure] !== undefined).map(
      ([measure, name]) =>
        `${name.padEnd(15)} ${measureText(sums, measure)} ${currency}${knownWords(sums, measure)}`,
    ),
  );

function groupLines(
  call: Call,
  { by }: LookResult,
  measures: readonly (readonly [Measure, string])[],
): readonly string[] {
  if (by === null) return [];
  const groups = by.groups.slice(0, GROUPS_SHOWN);
  const hidden = by.groups.length - groups.length + by.more;
  const more = hidden > 0 ? ` (the first ${groups.length}; ${hidden} more with --json)` : '';
  const rows = groups.map(({ name, sums }): readonly [string, Sums] => [nameOf(name), sums]);
  return table(call, `By ${by.dimension}${more}`, groupTable(by.dimension, measures, rows));
}

const UNIT = {
  request: 'per request',
  '1k-requests': 'per 1k requests',
  '1m-tokens': 'per 1M tokens',
} as const;

const block = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];

const table = (call: Call, title: string, content: TableContent): readonly string[] =>
  content.rows.length === 0
    ? []
    : block(title, terminalTable(call, content, 2).trimEnd().split('\n'));

function groupTable(
  name: string,
  measures: readonly (readonly [Measure, string])[],
  groups: readonly (readonly [string, Sums])[],
): TableContent {
  return {
    columns: [
      { key: 'group', title: name, align: 'left' },
      ...measures.map(([key, title]) => ({ key, title, align: 'right' as const })),
    ],
    rows: groups.map(([group, sums]) => [
      cell(group),
      ...measures.map(([measure]) => measureCell(sums, measure)),
    ]),
  };
}

/** Aggregated over is not the same as not said: `*` and null read differently. */
function nameOf(name: string | null): string {
  if (name === null) return '(not said)';
  return name === '*' ? '(all together)' : name;
}

const measureCell = (sums: Sums, measure: Measure): Cell =>
  shown(exact(sums, measure), measureText(sums, measure));

function exact(sums: Sums, measure: Measure): string | null {
  const value = sums[measure]?.value;
  return value === null || value === undefined ? null : formatDecimal(value);
}

function measureText(sums: Sums, measure: Measure): string {
  const value = exact(sums, measure);
  return value === null ? 'unknown' : count(value);
}

const currencyOf = ({ currency }: LookResult, measure: Measure): string =>
  measure.endsWith('Cost') && currency !== null ? ` ${currency}` : '';

function knownWords(sums: Sums, measure: Measure): string {
  const measured = sums[measure];
  if (measured === undefined || measured.knownRows === measured.totalRows) return '';
  const { knownRows, totalRows } = measured;
  return ` (known of ${count(knownRows)} of ${count(totalRows)} rows: ${coverageWords(measuredText(measured))})`;
}

function spanWords({ first, last, firstDate, lastDate }: LookResult): string {
  if (firstDate !== null && lastDate !== null)
    return firstDate === lastDate ? firstDate : `${firstDate} to ${lastDate}`;
  return first === null || last === null ? 'no time' : `${first} to ${last}`;
}

function leftOutWords({ quarantined, skipped, duplicate }: LookResult): string {
  const parts = [
    ...(duplicate > 0 ? [`${count(duplicate)} written again`] : []),
    ...(quarantined > 0 ? [`${count(quarantined)} left out`] : []),
    ...(skipped > 0 ? [`${count(skipped)} that are no usage`] : []),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`;
}

function dayWords(result: LookResult): readonly string[] {
  const { days, missingDays, buckets, quarantinedRows, flaggedRows, replay } = result;
  return [
    `${count(days.length)} present${missingDays.length === 0 ? ', none missing' : `, ${count(missingDays.length)} missing: ${missingDays.slice(0, 12).join(', ')}${missingDays.length > 12 ? ', …' : ''}`}`,
    ...(buckets === null ? [] : bucketWords(buckets)),
    ...quarantinedRows.slice(0, 10).map(({ line, reason }) => `line ${line} left out: ${reason}`),
    ...flaggedRows.slice(0, 10).map(({ line, reason }) => `line ${line} taken, but: ${reason}`),
    ...(replay === null ? [] : [replayWords(replay)]),
  ];
}

function bucketWords({
  count: all,
  empty,
  partial,
}: NonNullable<LookResult['buckets']>): readonly string[] {
  const list = (spans: readonly Span[]): string =>
    spans.map(({ start }) => start.slice(0, 10)).join(', ');
  return [
    countOf(all, 'bucket'),
    ...(empty.length === 0
      ? []
      : [`${count(empty.length)} empty, a measured zero: ${list(empty)}`]),
    ...(partial.length === 0
      ? []
      : [`${count(partial.length)} shorter than a day: ${list(partial)}`]),
  ];
}
