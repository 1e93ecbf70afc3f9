import { basename } from 'node:path';
import type { Reading, Source } from '../../adapters/adapter.ts';
import type { Meaning } from '../../map-columns.ts';
import { unreadable } from '../../file-error.ts';
import { mixedEnds } from '../../line-ends.ts';
import { type Connection, engineError } from './connection.ts';
import { rawName, rawSql } from './raw-sql.ts';

/** One way of counting that is tried on a file's own totals. */
export interface Trial {
  readonly name: 'inclusive' | 'exclusive' | 'disjoint' | 'reasoning-beside';
  readonly cacheInInput: 'yes' | 'no';
  readonly reasoningInOutput: 'yes' | 'no';
}

/** What the file says of every trial. */
export interface TrialResult {
  readonly trials: readonly Trial[];
  readonly rows: number;
  readonly withTotal: number;
  /** Rows that each trial explains, in their order. */
  readonly explained: readonly number[];
  /** Rows in which the trials give different totals. */
  readonly telling: number;
  /** How times are written; undefined where there are none that all rows share. */
  readonly unit: 'iso' | 'date' | 's' | 'ms' | 'us' | undefined;
  /** The reference names every row once. */
  readonly isKey: boolean;
}

const UNITS = [
  ['iso', '\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}.*'],
  ['date', '\\d{4}-\\d{2}-\\d{2}'],
  ['s', '\\d{9,10}(\\.\\d+)?'],
  ['ms', '\\d{12,13}'],
  ['us', '\\d{15,16}'],
] as const;

/** Counts in one pass what the trials explain; a value that is no count leaves its row out of the trial. */
export async function trialRows(
  connection: Connection,
  path: string,
  input: {
    readonly source: Source;
    readonly guessed: Partial<Record<Meaning, string>>;
    readonly trials: readonly Trial[];
  },
): Promise<TrialResult> {
  const { source, guessed, trials } = input;
  const reading = bareReading(source, namesOf(source, Object.values(guessed)));
  const sums = trials.map((trial) => sumSql(guessed, trial));
  const total = guessed.total === undefined ? 'NULL' : countSql(guessed.total);
  const time = guessed.startAt === undefined ? 'NULL' : rawName(guessed.startAt);
  const ref = guessed.requestRef === undefined ? 'NULL' : rawName(guessed.requestRef);
  const n = (sql: string, name: string) => `CAST(${sql} AS VARCHAR) AS ${name}`;
  const [row] = await rowsOf(
    connection,
    path,
    `SELECT ${[
      n('count(*)', 'row_count'),
      n(`count(${total})`, 'with_total'),
      ...sums.map((sum, index) =>
        n(`count(*) FILTER (WHERE ${total} = ${sum})`, `explained_${index}`),
      ),
      n(
        sums.length < 2
          ? '0'
          : `count(*) FILTER (WHERE greatest(${sums.join(', ')}) <> least(${sums.join(', ')}))`,
        'telling',
      ),
      ...UNITS.map(([unit, grammar]) =>
        n(`count(*) FILTER (WHERE regexp_full_match(${time}, '${grammar}'))`, `unit_${unit}`),
      ),
      n(`count(DISTINCT ${ref})`, 'refs'),
    ].join(', ')} FROM (${rawSql(path, reading, 'fast')})`,
  );
  const of = (name: string) => Number(row?.[name] ?? 0);
  const rows = of('row_count');
  return {
    trials,
    rows,
    withTotal: of('with_total'),
    explained: sums.map((_, index) => of(`explained_${index}`)),
    telling: of('telling'),
    // The most rows decide; what does not fit is quarantined when the file is read.
    unit: UNITS.map(([unit]) => unit).find((unit) => rows > 0 && of(`unit_${unit}`) * 2 > rows),
    isKey: rows > 0 && of('refs') === rows,
  };
}

async function rowsOf(connection: Connection, path: string, sql: string) {
  try {
    return await connection.rows(sql);
  } catch (error) {
    const name = basename(path);
    const mixed = await mixedEnds(path, name);
    throw engineError(
      error,
      mixed ?? unreadable(name, 'is no table: its lines are not all alike', error),
    );
  }
}

/** A query reads something: where no name said anything, any column counts the rows. */
function namesOf(source: Source, names: readonly string[]): readonly string[] {
  if (names.length > 0) return names;
  return 'header' in source ? source.header.slice(0, 1) : ['-'];
}

/** Texts alone: nothing is typed yet, and nothing is known of what rows mean. */
function bareReading(source: Source, names: readonly string[]): Reading {
  return {
    source,
    raw: [...new Set(names)].map((name) => ({ name, path: name.split('.') })),
    nulls: [],
    fields: {},
    required: [],
    costs: [],
    currency: { from: 'none' },
    identities: [],
    counts: [],
    key: [],
    keyQuality: 'row-hash',
    restatement: 'append',
    aggregated: [],
    completeness: 'event',
    hasMore: false,
    dropped: [],
    cannotTell: [],
  };
}

const countSql = (name: string) =>
  `CASE WHEN regexp_full_match(${rawName(name)}, '\\d{1,15}') THEN CAST(${rawName(name)} AS BIGINT) END`;
const orNone = (name: string | undefined) =>
  name === undefined ? '0' : `coalesce(${countSql(name)}, 0)`;

function sumSql(guessed: Partial<Record<Meaning, string>>, trial: Trial): string {
  const plain = `${orNone(guessed.input)} + ${orNone(guessed.output)}`;
  const cached =
    trial.cacheInInput === 'no'
      ? ` + ${orNone(guessed.cacheRead)} + ${orNone(guessed.cacheWrite)}`
      : '';
  const reasoning = trial.reasoningInOutput === 'no' ? ` + ${orNone(guessed.reasoning)}` : '';
  return `(${plain}${cached}${reasoning})`;
}
