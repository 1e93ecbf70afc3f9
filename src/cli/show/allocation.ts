import {
  addDecimals,
  type Decimal,
  divideDecimal,
  formatDecimal,
  type Measured,
  roundTogether,
  NOT_MEASURED,
} from '../../core/index.ts';
import type { DimensionId, MeasureId } from '../../plan/index.ts';
import {
  type Cell,
  cell,
  count,
  money,
  percent,
  shown,
  type TableContent,
} from '../../report/index.ts';
import type { Aggregate, AggregateRow } from '../../usage/index.ts';

/** How an allocation table is laid out. */
export interface AllocationTable {
  readonly answer: Pick<Aggregate, 'rows' | 'total'>;
  readonly by: readonly DimensionId[];
  readonly measure: MeasureId;
  readonly currency: string;
}

const PLACES = 6;

/**
 * Lays out cost by what it was allocated to, the total last; printed amounts add up to the printed total, and a row of which
 * some cost is unknown is *at least* that. Of a sum of nothing, or of a credit, nothing has a share.
 */
export function allocationTable({ answer, by, measure, currency }: AllocationTable): TableContent {
  const sums = answer.rows.map((row) => measuredOf(row, measure));
  const known = sums.flatMap(({ value }) => value ?? []);
  const printed = roundTogether(known, PLACES);
  const total = addDecimals(...known);
  let at = 0;
  const rows = answer.rows.map((row, index): readonly Cell[] => {
    const sum = sums[index] ?? NOT_MEASURED;
    const names = by.map((name) => cell(row.group[name] ?? '(not said)'));
    if (sum.value === null) return [...names, shown(null, 'unknown'), shown(null, '–'), units(row)];
    const amount = printed[at] ?? sum.value;
    at += 1;
    const share = total > 0n ? divideDecimal(sum.value, total) : undefined;
    const text = `${isPartial(sum) ? 'at least ' : ''}${money(formatDecimal(amount), currency)}`;
    return [...names, shown(formatDecimal(sum.value), text), shareCell(share), units(row)];
  });
  const sum = money(formatDecimal(addDecimals(...printed)), currency);
  const isWhole = sums.every((one) => one.value !== null && !isPartial(one));
  const totals =
    known.length === 0
      ? [shown(null, 'unknown'), shown(null, '–')]
      : [
          shown(formatDecimal(total), isWhole ? sum : `at least ${sum}`),
          total > 0n ? shown('1', '100 %') : shown(null, '–'),
        ];
  const last = [
    ...by.map((_, index) => cell(index === 0 ? 'total' : '')),
    ...totals,
    units(answer.total),
  ];
  return {
    columns: [
      ...by.map((key) => ({ key, title: key, align: 'left' as const })),
      { key: measure, title: 'cost', align: 'right' as const },
      { key: 'share', title: 'share', align: 'right' as const },
      { key: 'requests', title: 'requests', align: 'right' as const },
    ],
    rows: answer.rows.length === 0 ? [] : [...rows, last],
  };
}

const measuredOf = ({ measures }: AggregateRow, measure: MeasureId): Measured =>
  measures[measure] ?? NOT_MEASURED;
const isPartial = ({ knownRows, totalRows }: Measured): boolean => knownRows < totalRows;

const shareCell = (share: Decimal | undefined): Cell =>
  share === undefined
    ? shown(null, '–')
    : shown(formatDecimal(share), percent(formatDecimal(share)));

function units(row: AggregateRow): Cell {
  const { value } = measuredOf(row, 'requests');
  return value === null
    ? shown(null, '–')
    : shown(formatDecimal(value), count(formatDecimal(value)));
}
