import {
  type Digest,
  formatDecimal,
  isComplete,
  type Json,
  type Measured,
  shortDigest,
  terminalText,
} from '../../core/index.ts';
import { cell, type Cell, count, partWords, shown, type TableContent } from '../../report/index.ts';
import { measuredText } from '../../metrics/index.ts';
import type { Aggregate, ImportResult, SpanRow } from '../../usage/index.ts';

/** Says what an import did: counts, what was left out with its line, and what the file cannot tell. */
export function importLines(result: ImportResult, record: Digest | undefined): readonly string[] {
  const { export: id, accepted, quarantined, duplicate, superseded, quarantinedRows } = result;
  if (result.kind === 'unchanged') return [`${id}: nothing new; every file was imported before`];
  const counts = `${count(accepted)} accepted, ${count(quarantined)} left out, ${count(duplicate)} duplicate, ${count(superseded)} superseded`;
  return [
    `${id}: ${counts}${record === undefined ? '' : `  record ${shortDigest(record)}…`}`,
    ...(accepted === 0 ? [] : [`  ${sumWords(result)}`]),
    ...result.cannotTell
      .filter(({ code }) => TOLD_AT_IMPORT.has(code))
      .map(({ sentence }) => `  ${sentence}`),
    ...quarantinedRows
      .slice(0, 10)
      .map(({ file, line, reason }) => `  ${terminalText(file)}:${line} left out: ${reason}`),
    ...(quarantinedRows.length > 10 ? [`  and ${count(quarantined - 10)} more`] : []),
    ...findingLines(result),
  ];
}

/** Says what the accepted rows add up to, each sum with how much of it is known. */
function sumWords({ requests, tokens, cost }: ImportResult): string {
  const one = (sum: Measured, unit: string): string => {
    if (sum.value === null) return `${unit} unknown`;
    const text = count(formatDecimal(sum.value));
    const word = text === '1' ? unit.replace(/s$/, '') : unit;
    return `${isComplete(sum) ? '' : '≥ '}${text} ${word}${partWords(measuredText(sum))}`;
  };
  return [
    one(requests, 'requests'),
    one(tokens, 'tokens'),
    ...cost.map(({ basis, currency, sum }) => one(sum, `${currency} ${basis}`)),
    ...(cost.length === 0 ? ['cost unknown'] : []),
  ].join(', ');
}

/** What may be missing or misplaced in this import, and not in every one of its source; `look` tells all limits. */
const TOLD_AT_IMPORT: ReadonlySet<string> = new Set([
  'more-pages',
  'quota-unconverted',
  'rows-span-days',
]);

/** Says what an import found beside its rows: charges replayed, odd rows, what was not counted twice, days that shrank. */
function findingLines(result: ImportResult): readonly string[] {
  const { replay, flagged, flaggedRows, avoided, shrunk, restatement } = result;
  const isReplaced = restatement === 'replace-partition';
  return [
    ...(replay === null ? [] : [`  ${replayWords(replay)}`]),
    ...flaggedRows
      .slice(0, 10)
      .map(({ file, line, reason }) => `  ${terminalText(file)}:${line} taken, but: ${reason}`),
    ...(flaggedRows.length > 10 ? [`  and ${count(flagged - 10)} more`] : []),
    ...(avoided === null ? [] : [`  not counted twice: ${avoidedWords(avoided)}`]),
    ...shrunk
      .slice(0, 10)
      .map(({ date, before, after }) =>
        isReplaced
          ? `  ${date} has ${count(after)} rows now and had ${count(before)}: ask the source what is gone`
          : `  ${date}: ${count(after)} of the ${count(before)} rows told before are told again, and the others still count: was it grouped or filtered otherwise?`,
      ),
  ];
}

/** Gives the same as JSON. */
export const importFindings = ({
  requests,
  tokens,
  cost,
  replay,
  flagged,
  avoided,
  shrunk,
}: ImportResult) =>
  JSON.parse(
    JSON.stringify(
      { requests, tokens, cost, replay, flagged, avoided, shrunk },
      (_key, value: unknown) =>
        typeof value === 'bigint'
          ? formatDecimal(value as Parameters<typeof formatDecimal>[0])
          : value,
    ),
  ) as { readonly [name: string]: Json };

/** Says how many rows were charged what their own factors say. */
export const replayWords = ({
  reproduced,
  differs,
  notCheckable,
}: NonNullable<ImportResult['replay']>): string =>
  `charges replayed from their own factors: ${count(reproduced)} reproduced, ${count(differs)} differ, ${count(notCheckable)} not checkable`;

function avoidedWords({ requests, tokens, cost }: NonNullable<ImportResult['avoided']>): string {
  const parts = [
    ...(requests.value === null ? [] : [`${count(formatDecimal(requests.value))} requests`]),
    ...(tokens.value === null ? [] : [`${count(formatDecimal(tokens.value))} tokens`]),
    ...cost.flatMap(({ basis, currency, sum }) =>
      sum.value === null ? [] : [`${count(formatDecimal(sum.value))} ${currency} ${basis}`],
    ),
  ];
  return parts.join(', ') || 'rows whose sums nobody knows';
}

/** An answer of the store, by its dimensions or by spans of the calendar. */
type Summed = Omit<Aggregate, 'rows'> & {
  readonly rows: readonly (Aggregate['total'] | SpanRow)[];
};

/** Lays out an aggregate; a sum that is not known of every row says so. */
export function aggregateTable({ rows, total }: Summed): TableContent {
  const dimensions = Object.keys(rows[0]?.group ?? {});
  const measures = Object.keys(total.measures);
  const line = (row: Summed['rows'][number]): readonly Cell[] => [
    ...dimensions.map((name) => cell(groupText(row, name))),
    ...measures.map((name) => measureCell(row, name)),
  ];
  return {
    columns: [
      ...dimensions.map((key) => ({ key, title: key, align: 'left' as const })),
      ...measures.map((key) => ({ key, title: key, align: 'right' as const })),
    ],
    rows: rows.map(line),
  };
}

/** Gives an aggregate as JSON: decimals as text, each with the rows that knew it. */
export const aggregateJson = (aggregate: Summed): Json =>
  JSON.parse(
    JSON.stringify(aggregate, (_key, value: unknown) =>
      typeof value === 'bigint'
        ? formatDecimal(value as Parameters<typeof formatDecimal>[0])
        : value,
    ),
  ) as Json;

function groupText({ group }: Summed['rows'][number], name: string): string {
  const value: unknown = Reflect.get(group, name);
  return typeof value === 'string' ? value : '(not said)';
}

function measureCell({ measures }: Summed['rows'][number], name: string): Cell {
  const measured = measures[name as keyof typeof measures];
  if (measured?.value === null || measured === undefined) return shown(null, 'unknown');
  const text = formatDecimal(measured.value);
  const partial = measured.knownRows < measured.totalRows ? '≥ ' : '';
  return shown(text, `${partial}${count(text)}${partWords(measuredText(measured))}`);
}
