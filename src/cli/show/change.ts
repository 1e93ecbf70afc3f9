import {
  type Decimal,
  formatDecimal,
  type Json,
  REASONS,
  roundTogether,
} from '../../core/index.ts';
import type { ExplainedChange } from '../../metrics/index.ts';
import { cell, type Cell, money, shown } from '../../report/index.ts';
import { terminalTable } from '../formats.ts';
import type { Call } from '../world.ts';

/** What a change is shown of. */
export interface Explained {
  readonly metric: string;
  readonly explained: ExplainedChange | null;
}

const COLUMNS = ['change', 'volume', 'price', 'mix'] as const;
const PLACES = 6;

/** Writes the change of cost behind a metric, by thing and in effects; each row and each column adds up exactly. */
export function changeText(call: Call, { metric, explained }: Explained, currency: string): string {
  if (explained === null)
    return `${metric}: its units do not add up over things, so nothing splits its change\n`;
  if (explained.kind === 'unknown') {
    return `${metric}: the change is not split by ${explained.by}: ${REASONS[explained.reason]}\n`;
  }
  const { effects, by } = explained;
  const amount = (value: Decimal, printed: Decimal): Cell =>
    shown(formatDecimal(value), money(formatDecimal(printed), currency));
  const lines = [...effects.items, { id: 'total', ...effects }];
  const printed = lines.map(({ volume, price, mix }) =>
    roundTogether([volume, price, mix], PLACES),
  );
  const table = terminalTable(call, {
    columns: [
      { key: by, title: by, align: 'left' },
      ...COLUMNS.map((key) => ({ key, title: key, align: 'right' as const })),
    ],
    rows: lines.map((line, index) => [
      cell(line.id),
      amount(line.change, line.change),
      ...(['volume', 'price', 'mix'] as const).map((name, at) =>
        amount(line[name], printed[index]?.[at] ?? line[name]),
      ),
    ]),
  });
  return `${metric}: change of cost = volume + price + mix\n${table}`;
}

/** Gives the effects of all metrics as JSON: decimals as exact texts. */
export const explainedJson = (results: readonly Explained[]): Json =>
  JSON.parse(
    JSON.stringify(
      results.map(({ metric, explained }) => ({ metric, explained })),
      (_name, value: unknown) =>
        typeof value === 'bigint' ? formatDecimal(value as Decimal) : value,
    ),
  ) as Json;
