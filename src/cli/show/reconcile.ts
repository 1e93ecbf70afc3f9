import { type Decimal, formatDecimal, type Json, terminalText } from '../../core/index.ts';
import type { ComparedPair } from '../../metrics/index.ts';
import {
  cell,
  type Cell,
  count,
  countOf,
  money,
  reasonWords,
  shown,
  type TableContent,
} from '../../report/index.ts';
import type { Reconciled } from '../../review/index.ts';

const WORST_SHOWN = 10;
const PARTS = ['missing', 'duplicated', 'price', 'rounding', 'zone'] as const;

/** Lays out each pair of views: days, what disagrees, and what the difference of cost is made of. */
export const pairTable = (found: readonly Reconciled[]): TableContent => ({
  columns: [
    ...(
      [
        ['reconcile', 'Entry'],
        ['outcome', 'Outcome'],
        ['view', 'View'],
        ['against', 'Against'],
        ['measures', 'Measures'],
      ] as const
    ).map(([key, title]) => ({ key, title, align: 'left' as const })),
    ...(
      [
        ['compared', 'Days'],
        ['open', 'Open'],
        ['beyond', 'Beyond'],
        ['undecided', 'Undecided'],
        ['difference', 'Cost differs by'],
        ...PARTS.map((part) => [part, PART_TITLES[part]] as const),
      ] as const
    ).map(([key, title]) => ({ key, title, align: 'right' as const })),
    { key: 'currency', title: 'Currency', align: 'left' },
  ],
  rows: found.flatMap((one) => one.pairs.map((pair) => pairCells(one, pair))),
});

function pairCells(
  { reconcile, outcome, reasons, views }: Reconciled,
  pair: ComparedPair,
): readonly Cell[] {
  const { left, right, measures, compared, open, disagreements, undecided } = pair;
  const difference = differenceOf(pair);
  return [
    cell(reconcile),
    shown(outcome, [outcome, reasonWords(reasons)].filter((text) => text !== '').join(': ')),
    cell(right),
    cell(left),
    shown(measures.join(' '), measures.join(', ') || 'nothing in common'),
    ...[compared, open, disagreements.length, undecided].map((number) => cell(number)),
    decimalCell(difference?.total ?? null),
    ...PARTS.map((part) => decimalCell(difference?.[part] ?? null)),
    cell(difference === null ? null : (views[0]?.currency ?? null)),
  ];
}

const PART_TITLES = {
  missing: 'Missing',
  duplicated: 'Duplicated',
  price: 'Price',
  rounding: 'Rounding',
  zone: 'Zone',
} as const;

/** Lays out all days and things on which two views differ by more than their tolerance, the largest first. */
export const dayTable = (found: readonly Reconciled[]): TableContent => ({
  columns: [
    { key: 'reconcile', title: 'Entry', align: 'left' },
    { key: 'date', title: 'Date', align: 'left' },
    { key: 'thing', title: 'Of', align: 'left' },
    { key: 'measure', title: 'Measure', align: 'left' },
    { key: 'against', title: 'Against', align: 'left' },
    { key: 'expected', title: 'Against says', align: 'right' },
    { key: 'view', title: 'View', align: 'left' },
    { key: 'found', title: 'View says', align: 'right' },
  ],
  rows: found.flatMap(({ reconcile, pairs }) =>
    pairs.flatMap(({ left, right, disagreements }) =>
      disagreements.map((one) => [
        cell(reconcile),
        cell(one.date),
        cell(one.thing === '' ? null : one.thing),
        cell(one.measure),
        cell(left),
        decimalCell(one.left),
        cell(right),
        decimalCell(one.right),
      ]),
    ),
  ),
});

function decimalCell(value: Decimal | null): Cell {
  const text = value === null ? null : formatDecimal(value);
  return text === null ? cell(null) : shown(text, count(text));
}

/** Says of one entry what each view has, how each pair compares, and its worst days. */
export function reconciledLines({
  reconcile: id,
  views,
  pairs,
  outcome,
  reasons,
}: Reconciled): readonly string[] {
  const why = reasonWords(reasons);
  return [
    `${id}  ${outcome}${why === '' ? '' : `: ${why}`}`,
    ...views.map((view) => {
      const { cost, requests, tokens } = view.totals;
      const parts = [
        cost.value === null
          ? 'cost unknown'
          : money(formatDecimal(cost.value), view.currency ?? ''),
        ...(requests.value === null ? [] : [`${count(formatDecimal(requests.value))} requests`]),
        ...(tokens.value === null ? [] : [`${count(formatDecimal(tokens.value))} tokens`]),
        ...(view.quantum === null ? [] : [`steps of ${formatDecimal(view.quantum)}`]),
        ...(view.invoice ? ['gives what an invoice bills'] : []),
      ];
      return `  ${view.export}  ${parts.join(', ')}; ${countOf(view.present.size, 'day')}`;
    }),
    ...pairs.flatMap((pair) => pairLines(pair, views)),
  ];
}

function pairLines(pair: ComparedPair, views: Reconciled['views']): readonly string[] {
  const { left, right, measures, compared, open, disagreements, undecided } = pair;
  const currency = views[0]?.currency ?? '';
  const difference = differenceOf(pair);
  const silent = [left, right].filter((id) =>
    views.some((view) => view.export === id && view.present.size === 0),
  );
  const shown = disagreements.slice(0, WORST_SHOWN);
  const parts =
    difference === null
      ? []
      : PARTS.map((name) => `${name} ${money(formatDecimal(difference[name]), currency)}`);
  return [
    `  ${right} against ${left}: ${measuresText(measures, silent)}; ${countOf(compared, 'day')} compared, ${openText(open)}, ${disagreements.length} beyond tolerance${undecided === 0 ? '' : `, ${undecided} that another midnight or unknown amounts could explain`}`,
    ...(difference === null
      ? []
      : [`    cost ${money(formatDecimal(difference.total), currency)} = ${parts.join(', ')}`]),
    ...shown.map(({ date, thing, measure, left: one, right: other }) => {
      const of = thing === '' ? '' : `  ${terminalText(thing)}`;
      return `    ${date}${of}  ${measure}  ${one === null ? 'unknown' : formatDecimal(one)} against ${other === null ? 'unknown' : formatDecimal(other)}`;
    }),
    ...(disagreements.length > WORST_SHOWN
      ? [`    and ${count(disagreements.length - WORST_SHOWN)} more`]
      : []),
  ];
}

const openText = (open: number): string =>
  open === 0 ? '0 open' : `${open} open (not told whole by both, or younger than the lag)`;

function measuresText(measures: ComparedPair['measures'], silent: readonly string[]): string {
  if (measures.length > 0) return measures.join(', ');
  return silent.length > 0
    ? `nothing of the period from ${silent.join(' and ')}`
    : 'nothing in common, each counts what the other lacks';
}

/** Where no day was compared, nobody knows by how much the two differ. */
const differenceOf = ({ compared, difference }: ComparedPair): ComparedPair['difference'] =>
  compared === 0 ? null : difference;

/** Gives everything that was compared as JSON: decimals as exact texts. */
export const reconciledJson = (found: readonly Reconciled[]): Json =>
  JSON.parse(
    JSON.stringify(found, (name, value: unknown) => {
      if (value instanceof Set) return [...value];
      if (name === 'cells') return undefined;
      return typeof value === 'bigint'
        ? formatDecimal(value as Parameters<typeof formatDecimal>[0])
        : value;
    }),
  ) as Json;
