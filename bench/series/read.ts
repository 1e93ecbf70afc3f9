import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the benchmark series lie, beside the project; they are public data sets that the project does not ship. */
const FOLDER = join('..', 'shared', 'data', 'series');

/** Tells whether the series are there. */
export const hasSeries = (): boolean => existsSync(join(FOLDER, 'nn5_daily.csv'));

const linesOf = (name: string): readonly string[] =>
  readFileSync(join(FOLDER, name), 'utf8').trim().split('\n');

const unquoted = (cell: string): string => cell.replaceAll('"', '');

/** Reads a set of the M4 competition: each series with the values it was judged on. */
export function readM4(
  set: 'weekly' | 'hourly',
): readonly { readonly values: Float64Array; readonly test: readonly number[] }[] {
  const tests = linesOf(`m4_${set}_test.csv`).slice(1).map(numbersOf);
  return linesOf(`m4_${set}_train.csv`)
    .slice(1)
    .map((line, index) => ({
      values: Float64Array.from(numbersOf(line)),
      test: tests[index] ?? [],
    }));
}

const numbersOf = (line: string): readonly number[] =>
  line
    .split(',')
    .slice(1)
    .map(unquoted)
    .filter((cell) => cell.trim() !== '')
    .map(Number);

/** Reads the organisers' table: method → column → score. */
export function readPublished(): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const [head = '', ...rows] = linesOf('m4_published_scores.csv');
  const names = head.split(',');
  return new Map(
    rows.map((row) => {
      const cells = row.split(',');
      return [cells[0] ?? '', new Map(names.map((name, at) => [name, Number(cells[at])]))];
    }),
  );
}

/** One series of NN5 daily: cash withdrawals by day, a gap is `NaN`. */
export interface DailySeries {
  readonly id: string;
  readonly dates: readonly string[];
  readonly values: Float64Array;
}

/** Reads the NN5 daily series. */
export function readNn5(): readonly DailySeries[] {
  const found = new Map<string, { dates: string[]; values: number[] }>();
  for (const line of linesOf('nn5_daily.csv').slice(1)) {
    const [id = '', , date = '', value = ''] = line.split(',');
    const series = found.get(id) ?? { dates: [], values: [] };
    series.dates.push(date);
    series.values.push(value.trim() === '' ? Number.NaN : Number(value));
    found.set(id, series);
  }
  return [...found].map(([id, { dates, values }]) => ({
    id,
    dates,
    values: Float64Array.from(values),
  }));
}
