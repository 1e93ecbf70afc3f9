import type { Reading, ReplayFormula, ReplayRule } from '../../adapters/adapter.ts';
import { badRows, namedRows, type QuarantinedRow } from './by-line.ts';
import type { Connection } from './connection.ts';
import { sqlText, sqlTexts } from './quote.ts';
import { onlySql, rawName, rawSql, testSql } from './raw-sql.ts';
import type { StageRequest } from './stage.ts';

/** How many rows reproduce their own charge. */
export interface ReplayCounts {
  readonly reproduced: number;
  readonly differs: number;
  /** Charged another way than the row's factors say: nothing is claimed of them. */
  readonly notCheckable: number;
}

/** The counts and the first rows that differ. */
export interface Replayed {
  readonly counts: ReplayCounts;
  readonly rows: readonly QuarantinedRow[];
}

/** Computes every row's charge again from the factors that the row itself carries, in whole numbers. */
export async function replayRows(
  connection: Connection,
  { path, reading }: StageRequest,
): Promise<Replayed | undefined> {
  const { replay } = reading;
  if (replay === undefined) return undefined;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE by_line AS SELECT ordinal, breaks, ${verdictSql(replay, reading)} AS verdict
     FROM (${rawSql(path, reading, 'lines')}) WHERE ${onlySql(reading)}`,
  );
  const counted = await connection.rows(
    'SELECT verdict, CAST(count(*) AS VARCHAR) AS n FROM by_line GROUP BY verdict',
  );
  const of = (verdict: string) =>
    Number(counted.find((row) => row['verdict'] === verdict)?.['n'] ?? 0);
  const bad = await badRows(connection, `CASE WHEN verdict = 'differs' THEN '${DIFFERS}' END`);
  const { rows } = await namedRows(connection, { path, kind: reading.source.kind }, bad);
  await connection.run('DROP TABLE by_line');
  return {
    counts: {
      reproduced: of('reproduced'),
      differs: of('differs'),
      notCheckable: of('not-checkable'),
    },
    // Records that are no rows at all are told with the rows that were left out.
    rows: rows.filter(({ reason }) => reason === DIFFERS),
  };
}

const DIFFERS = 'charge-not-reproduced';

function verdictSql(replay: ReplayRule, { tokens }: Reading): string {
  const charge = rawName(replay.charge);
  const isOther = replay.notCheckable.map(({ from, isNot }) => {
    const text = rawName(from);
    return isNot.length === 0
      ? `${text} IS NOT NULL`
      : `coalesce(${text} NOT IN (${sqlTexts(isNot)}), false)`;
  });
  const flags = typeof tokens?.cacheInInput === 'object' ? tokens.cacheInInput.exclusiveWhen : [];
  const isExclusive = flags.map(testSql);
  const isWhole = `coalesce(regexp_full_match(${charge}, '\\d{1,18}'), false)`;
  return `CASE WHEN ${[`NOT ${isWhole}`, ...isOther].join(' OR ')} THEN 'not-checkable'
    WHEN ${['false', ...isExclusive].join(' OR ')} THEN ${comparedSql(charge, replay.exclusive)}
    ELSE ${comparedSql(charge, replay.formula)} END`;
}

function comparedSql(charge: string, formula: ReplayFormula): string {
  const exact = exactSql(formula);
  const expected = formula.rounding.map(
    (rounding) => `TRY(${roundedSql(exact, formula, rounding)})`,
  );
  return `CASE WHEN concat_ws('', ${expected.join(', ')}) = '' THEN 'not-checkable'
    WHEN CAST(${charge} AS HUGEINT) IN (${expected.join(', ')}) THEN 'reproduced' ELSE 'differs' END`;
}

// A ratio is a whole number of millionths; with more digits it is a float that stands for another number.
const MILLION = '1000000';
const RATIO = '\\d{1,6}(\\.\\d{1,6})?';

function ratioSql(name: string): string {
  const text = rawName(name);
  return `CASE WHEN regexp_full_match(${text}, ${sqlText(RATIO)}) THEN CAST(CAST(${text} AS DECIMAL(12,6)) * ${MILLION} AS HUGEINT) END`;
}

function countSql(name: string): string {
  const text = rawName(name);
  return `CASE WHEN ${text} IS NULL THEN 0::HUGEINT WHEN regexp_full_match(${text}, '\\d{1,12}') THEN CAST(${text} AS HUGEINT) END`;
}

/** The charge before it is rounded, in millionths to the power of the ratios that it is multiplied by. */
function exactSql({ terms, factors }: ReplayFormula): string {
  const sums = terms.map(({ count, minus = [], ratio }) => {
    const left = [count, ...minus].map((name) => `(${countSql(name)})`).join(' - ');
    const times = ratio === undefined ? MILLION : ratioSql(ratio);
    // A ratio that is not needed need not be there.
    return `(CASE WHEN ${left} = 0 THEN 0 ELSE (${left}) * (${times}) END)`;
  });
  return `(${sums.join(' + ')})${factors.map((name) => ` * (${ratioSql(name)})`).join('')}`;
}

function roundedSql(
  exact: string,
  { terms, factors }: ReplayFormula,
  rounding: 'half-up' | 'down',
): string {
  const scale = `1${'0'.repeat(6 * (factors.length + 1))}::HUGEINT`;
  const half = rounding === 'half-up' ? ` + ${scale} // 2` : '';
  const rounded = `((${exact}${half}) // ${scale})`;
  const used = terms.map(({ count }) => `(${countSql(count)})`).join(' + ');
  // Something that has a price costs one unit at least.
  return `CASE WHEN ${used} = 0 THEN 0 WHEN ${rounded} = 0 AND ${exact} > 0 THEN 1 ELSE ${rounded} END`;
}
