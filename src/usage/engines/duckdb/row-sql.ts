import type { CostRule, Reading } from '../../adapters/adapter.ts';
import {
  type ColumnId,
  COLUMN_TYPES,
  COST_COLUMN,
  DECIMALS_COLUMN,
  isColumn,
  LITERAL_COLUMN,
} from '../../columns.ts';
import {
  countSql,
  type FieldContext,
  fieldSql,
  moneySql,
  NO_PADDING,
  NOT_ADMITTED,
  wholeSql,
} from './field-sql.ts';
import { askedOfCosts, decimalsSql, literalSql } from './literal-sql.ts';
import { needsRowDigest, onlySql, rawName, rawSql, rawTogetherSql, testSql } from './raw-sql.ts';
import { sqlName, sqlText } from './quote.ts';
import { tokenInputs, tokenSql } from './token-sql.ts';

/** A query for the rows of one file, and the columns it gives. */
export interface RowSql {
  readonly sql: string;
  readonly columns: readonly ColumnId[];
}

/**
 * Writes the query from a file to store columns.
 *
 * The fast pass raises `row-not-admitted` at the first bad row. The pass by lines adds `reason` (null for a good row),
 * `ordinal` and `breaks`.
 */
export function rowSql(path: string, reading: Reading, context: FieldContext): RowSql {
  const pass = context.pass === 'lines' ? 'lines' : 'fast';
  return rowsFrom(rawSql(path, reading, pass), reading, context);
}

/**
 * Writes the query from many files to store columns; it raises as the fast pass does. Rows that are not stored have the path of
 * their file as `filename`.
 */
export const rowTogetherSql = (
  paths: readonly string[],
  reading: Reading,
  context: FieldContext,
): RowSql => {
  const namesFiles = context.isPassing === true;
  return rowsFrom(rawTogetherSql(paths, reading, namesFiles), reading, context);
};

function rowsFrom(raw: string, reading: Reading, context: FieldContext): RowSql {
  const typed = typedSql(reading, context);
  const outputs = outputSql(reading, context);
  const columns = Object.keys(outputs.columns).filter(isColumn);
  const bad = [...typed.reasons, ...outputs.checks];
  const list = columns.map((column, index) => {
    const value = outputs.columns[column] ?? 'NULL';
    const guarded = context.pass !== 'lines' && index === 0 ? guard(value, bad) : value;
    return `CAST(${guarded} AS ${COLUMN_TYPES[column]}) AS ${sqlName(column)}`;
  });
  const extra = [
    ...(context.pass === 'lines' ? [`${reasonSql(bad)} AS reason`, 'ordinal', 'breaks'] : []),
    ...(context.pass === 'together' && context.isPassing === true ? ['filename'] : []),
  ];
  const where = reading.only === undefined ? '' : ` WHERE ${onlySql(reading)}`;
  return {
    columns,
    sql: `SELECT ${[...list, ...extra].join(', ')} FROM (SELECT *, ${typed.list.join(', ')} FROM (${withAsked(raw, reading, context)})${where})`,
  };
}

/** What is asked of a text more than once stands beside it. */
function withAsked(raw: string, reading: Reading, { padding = NO_PADDING }: FieldContext): string {
  const fields = Object.values(reading.fields).filter(({ kind }) => kind === 'count');
  const counts = new Set([...countsOf(reading), ...fields.map(({ from }) => from)]);
  const { first, later } = askedOfCosts(reading.costs, padding);
  return [[...[...counts].map(wholeSql), ...first], later].reduce(
    (inner, asked) =>
      asked.length === 0 ? inner : `SELECT *, ${asked.join(', ')} FROM (${inner})`,
    raw,
  );
}

interface Check {
  readonly reason: string;
  readonly violated: string;
}

const typedName = (name: string) => sqlName(`typed:${name}`);
const countName = (name: string) => sqlName(`count:${name}`);
const moneyName = (name: string) => sqlName(`money:${name}`);

/** Types every field once, so that later expressions can use it again for nothing. */
function typedSql(reading: Reading, context: FieldContext): { list: string[]; reasons: Check[] } {
  const fields = Object.entries(reading.fields).map(([column, rule]) => ({
    alias: typedName(column),
    sql: fieldSql(rule, context),
    from: rawName(rule.from),
    word: reasonWord(column),
  }));
  const counts = countsOf(reading).map((name) => ({
    alias: countName(name),
    sql: countSql(name, context.pass),
    from: rawName(name),
    word: reasonWord(name),
  }));
  const money = reading.costs.map((cost) => ({
    alias: moneyName(cost.basis),
    sql: moneySql(cost, context),
    from: rawName(cost.from),
    word: 'cost',
  }));
  const all = [...fields, ...counts, ...money];
  const unread = all.map(({ alias, from, word }) => ({
    reason: `bad-${word}`,
    violated: `${alias} IS NULL AND ${from} IS NOT NULL`,
  }));
  const missing = reading.required.map((column) => ({
    reason: `missing-${reasonWord(column)}`,
    violated: `${typedName(column)} IS NULL`,
  }));
  return {
    list: all.map(({ alias, sql }) => `${sql} AS ${alias}`),
    // What was not admitted has raised in the fast pass already.
    reasons: context.pass === 'lines' ? [...unread, ...missing] : missing,
  };
}

const reasonWord = (name: string) => name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();

function countsOf(reading: Reading): string[] {
  const identities = reading.identities.flatMap(({ whole, parts }) => [whole, ...parts]);
  return [...new Set([...(reading.tokens ? tokenInputs(reading.tokens) : []), ...identities])];
}

function outputSql(reading: Reading, context: FieldContext) {
  const fields: Partial<Record<ColumnId, string>> = {};
  for (const column of Object.keys(reading.fields).filter(isColumn))
    fields[column] = typedName(column);
  const tokens = reading.tokens && tokenSql(reading.tokens, countName, rawName);
  const costs = costSql(reading, context);
  const digest = needsRowDigest(reading) ? { row_hash: 'row_digest' } : {};
  return {
    columns: { ...fields, ...tokens?.columns, ...costs.columns, ...digest },
    checks: [
      ...(tokens?.checks ?? []),
      ...costs.checks,
      ...identityChecks(reading),
      ...spanChecks(reading),
      ...(reading.cut === undefined ? [] : [{ reason: 'cut-by-page', violated: 'is_cut' }]),
    ],
  };
}

function costSql(reading: Reading, context: FieldContext) {
  const columns: Partial<Record<ColumnId, string>> = {};
  const checks: Check[] = [];
  const base =
    reading.fields.charge_category === undefined ? undefined : typedName('charge_category');
  for (const cost of reading.costs) {
    const money = chargeSql(cost, reading);
    if (context.isPassing !== true) Object.assign(columns, writingSql(cost, reading, context));
    const isUnknown = cost.unit === 'units' && context.unitRate === undefined;
    if (!isUnknown) {
      columns[COST_COLUMN[cost.basis]] =
        reading.givesBack === undefined || base === undefined
          ? money
          : `CASE WHEN ${base} = ${sqlText(reading.givesBack)} THEN -abs(${money}) ELSE ${money} END`;
    }
    if (cost.negative === 'refuse')
      checks.push({ reason: 'negative-cost', violated: `${money} < 0` });
  }
  Object.assign(columns, categorySql(reading, base));
  if (reading.currency.from === 'column') {
    columns.currency = `upper(${typedName('currency')})`;
    checks.push(currencyMissing(reading));
    checks.push({
      reason: 'bad-currency',
      violated: `${typedName('currency')} IS NOT NULL AND NOT regexp_full_match(upper(${typedName('currency')}), '[A-Z]{3}')`,
    });
  }
  return { columns, checks };
}

/** An amount of nobody knows which currency would be added to all others. */
function currencyMissing({ costs }: Reading): Check {
  const amounts = costs.map(({ basis }) => moneyName(basis));
  const isSaid = amounts.map((amount) => `${amount} IS NOT NULL`).join(' OR ');
  return {
    reason: 'missing-currency',
    violated: `${typedName('currency')} IS NULL AND (${isSaid})`,
  };
}

/** Writes a cost of the rows that have it: a zero that stands for no price is unknown (LiteLLM PR #35913). */
const chargeSql = (cost: CostRule, reading: Reading): string =>
  caseSql(cost, reading, { none: '0', unpriced: 'NULL', else: moneyName(cost.basis) });

/** Writes how the source wrote a cost, where the cost does not say it; a zero that was taken for no price is such a case. */
function writingSql(
  cost: CostRule,
  reading: Reading,
  { padding = NO_PADDING }: FieldContext,
): Partial<Record<ColumnId, string>> {
  const literal = literalSql(cost, reading.source, padding);
  const decimals = decimalsSql(cost, padding);
  // What is no amount stops the fast pass; by lines it is told from one by its value.
  const admitted = `CASE WHEN ${moneyName(cost.basis)} IS NOT NULL THEN ${literal} END`;
  const cases = { none: 'NULL', unpriced: rawName(cost.from), else: admitted };
  return {
    ...(literal !== undefined && { [LITERAL_COLUMN[cost.basis]]: caseSql(cost, reading, cases) }),
    ...(decimals !== undefined && {
      [DECIMALS_COLUMN[cost.basis]]: caseSql(cost, reading, {
        none: 'NULL',
        unpriced: 'NULL',
        else: decimals,
      }),
    }),
  };
}

/** A negative cost makes its row a settlement, whichever of its costs it is. */
function categorySql(reading: Reading, base = 'CAST(NULL AS VARCHAR)') {
  const settled = reading.costs
    .filter(({ negative }) => negative === 'adjustment')
    .map((cost) => `coalesce(${chargeSql(cost, reading)} < 0, false)`);
  if (settled.length === 0) return {};
  const isSettled = `(${settled.join(' OR ')}) AND coalesce(${base}, 'usage') = 'usage'`;
  return { charge_category: `CASE WHEN ${isSettled} THEN 'adjustment' ELSE ${base} END` };
}

interface CostCases {
  /** Of rows that cost nothing on this basis. */
  readonly none: string;
  /** Of rows whose zero stands for no price. */
  readonly unpriced: string;
  readonly else: string;
}

function caseSql(cost: CostRule, { tokens }: Reading, of: CostCases): string {
  const money = moneyName(cost.basis);
  const known = tokens === undefined ? [] : tokenInputs(tokens);
  const used = known.map((name) => `coalesce(${countName(name)}, 0)`).join(' + ');
  const cases = [
    ...(cost.noneWhen === undefined ? [] : [`WHEN ${testSql(cost.noneWhen)} THEN ${of.none}`]),
    ...(cost.when === undefined ? [] : [`WHEN NOT ${testSql(cost.when)} THEN NULL`]),
    ...(cost.zero === undefined || used === ''
      ? []
      : [
          `WHEN ${money} = 0 AND ${used} > 0${cost.zeroIsKnown === undefined ? '' : ` AND NOT ${testSql(cost.zeroIsKnown)}`} THEN ${of.unpriced}`,
        ]),
  ];
  return cases.length === 0 ? of.else : `(CASE ${cases.join(' ')} ELSE ${of.else} END)`;
}

function identityChecks(reading: Reading): Check[] {
  return reading.identities.map(({ whole, parts }) => ({
    reason: 'sum-mismatch',
    violated: `${countName(whole)} <> ${parts.map(countName).join(' + ')}`,
  }));
}

function spanChecks(reading: Reading): Check[] {
  const { start_at, end_at } = reading.fields;
  if (start_at === undefined || end_at === undefined) return [];
  return [{ reason: 'bad-span', violated: `${typedName('end_at')} < ${typedName('start_at')}` }];
}

function guard(value: string, checks: readonly Check[]): string {
  if (checks.length === 0) return value;
  const any = checks.map(({ violated }) => `coalesce(${violated}, false)`).join(' OR ');
  return `CASE WHEN ${any} THEN error('${NOT_ADMITTED}') ELSE ${value} END`;
}

function reasonSql(checks: readonly Check[]): string {
  const whens = checks.map(({ reason, violated }) => `WHEN ${violated} THEN ${sqlText(reason)}`);
  return whens.length === 0 ? 'CAST(NULL AS VARCHAR)' : `CASE ${whens.join(' ')} END`;
}
