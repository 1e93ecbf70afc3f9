import type { CostRule, FieldRule } from '../../adapters/adapter.ts';
import { rawName, type Pass } from './raw-sql.ts';
import { type Padding, shortCases } from './literal-sql.ts';
import { pseudonymSql } from './pseudonyms.ts';
import { fullMatchSql, sqlName, sqlText } from './quote.ts';

/** What the plan adds to the reading of one export. */
export interface FieldContext {
  readonly pass: Pass;
  /** IANA zone of times without an offset; `unknown` reads them as UTC, which the export's zone then says. */
  readonly zone: string;
  /** Money of one unit, below 10: a decimal of 18 places, or `1/N`; undefined when the plan has no conversion. */
  readonly unitRate: string | undefined;
  /** Raw columns whose usual names have their pseudonyms in a list: see `nameHead`. */
  readonly named?: ReadonlySet<string>;
  /** Amounts that the head of a large table pads. */
  readonly padding?: Padding;
  /** Rows are summed and not stored: how their amounts were written is asked of none. */
  readonly isPassing?: boolean;
}

export const NO_PADDING: Padding = new Map();

const NONE: ReadonlySet<string> = new Set();

/** The word that the engine's message holds when a row is not admitted in the fast pass. */
export const NOT_ADMITTED = 'row-not-admitted';

/**
 * Admits a text by its whole grammar and only then casts it.
 *
 * Casts alone lie: BIGINT takes `1.5` and `1_000`, TIMESTAMP drops an offset, DECIMAL takes 1e-19 as 0 (DuckDB 1.5.6).
 * The fast pass stops at the first bad row; the pass by lines gives null, which is told from an unsaid value later.
 */
function admit(
  text: string,
  cases: readonly (readonly [grammar: string, value: string])[],
  pass: Pass,
) {
  const whens = cases.map(([grammar, value]) => {
    const guarded = pass === 'lines' ? `TRY(${value})` : value;
    return `WHEN ${grammar} THEN ${guarded}`;
  });
  const otherwise = pass === 'lines' ? 'NULL' : `error('${NOT_ADMITTED}')`;
  return `CASE WHEN ${text} IS NULL THEN NULL ${whens.join(' ')} ELSE ${otherwise} END`;
}

/** Writes the typed value of a field. */
export function fieldSql(rule: FieldRule, context: FieldContext): string {
  const text = rawName(rule.from);
  switch (rule.kind) {
    case 'text': {
      // Bytes are counted faster than characters, and there are at least as many of them.
      const isShort = `(strlen(${text}) <= 256 OR length(${text}) <= 256)`;
      const value = admit(text, [[isShort, text]], context.pass);
      return rule.otherwise === undefined
        ? value
        : `coalesce(${value}, ${sqlText(rule.otherwise)})`;
    }
    case 'pseudonym':
      return pseudonymSql(rule.from, context.named ?? NONE);
    case 'count':
      return countSql(rule.from, context.pass);
    case 'date':
      return admit(
        text,
        [
          [
            fullMatchSql(text, `${DATE}([T ]00:00:00(\\.0+)?Z?)?`),
            `CAST(left(${text}, 10) AS DATE)`,
          ],
        ],
        context.pass,
      );
    case 'identity': {
      const id = `coalesce(${text}, CAST(row_digest AS VARCHAR))`;
      // Bytes are counted in a fifth of the time that characters take, and few identities have too many.
      const cases = [
        [`strlen(${id}) <= 256`, id],
        // Two long ones may differ in their ends alone.
        ['true', `left(${id}, 224) || md5(${id})`],
      ] as const;
      return admit(id, cases, context.pass);
    }
    case 'instant':
      return instantSql(text, rule.unit, context);
    case 'map':
      return mapSql(text, rule, context.pass);
    default:
      rule satisfies never;
      throw new TypeError('Unknown field rule');
  }
}

/** Writes a whole count of at most 15 digits, where {@link wholeSql} stands beside the text. */
export function countSql(from: string, pass: Pass): string {
  const text = rawName(from);
  // A text that a small count is written back to needs no grammar, and this takes less time.
  return admit(
    text,
    [
      [`CAST(${wholeName(from)} AS VARCHAR) = ${text}`, `CAST(${wholeName(from)} AS BIGINT)`],
      [fullMatchSql(text, '\\d{1,15}'), `CAST(${text} AS BIGINT)`],
    ],
    pass,
  );
}

const wholeName = (from: string) => sqlName(`whole:${from}`);

/** Writes a column that {@link countSql} looks at: it is made once, for the test and for the value. */
export const wholeSql = (from: string): string =>
  `TRY_CAST(${rawName(from)} AS UINTEGER) AS ${wholeName(from)}`;

function mapSql(text: string, rule: FieldRule & { kind: 'map' }, pass: Pass): string {
  const cases = Object.entries(rule.values).map(
    ([from, to]) => [`${text} = ${sqlText(from)}`, sqlText(to)] as const,
  );
  if (rule.otherwise === undefined) return admit(text, cases, pass);
  const whens = cases.map(([when, then]) => `WHEN ${when} THEN ${then}`).join(' ');
  return `CASE ${whens} ELSE ${sqlText(rule.otherwise)} END`;
}

/**
 * The usual forms of a moment. A pattern takes half the time of the grammar, and what else has one of these forms the cast
 * refuses: it would take a blank for the first digit of an hour and a point for the last of a second, so these are asked for.
 */
const USUAL_MOMENTS = [
  '20??-??-??T[0-9]?:??:?[0-9]Z',
  '20??-??-??T[0-9]?:??:?[0-9].???Z',
  '20??-??-?[0-9] [0-9]?:??:?[0-9]',
];

/** Usage of another century is a wrong unit or a sentinel: seconds read as milliseconds are a day of 1970. */
const DATE = '20\\d{2}-\\d{2}-\\d{2}';
const MOMENT = `${DATE}[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?`;

function instantSql(
  text: string,
  unit: (FieldRule & { kind: 'instant' })['unit'],
  { pass, zone }: FieldContext,
): string {
  if (unit === 'ns') {
    const value = `make_timestamp(CAST(${text} AS BIGINT) // 1000)`;
    return admit(text, [[fullMatchSql(text, '[1-3]\\d{18}'), value]], pass);
  }
  if (unit !== 'iso' && unit !== 'iso-or-date') {
    const [grammar, micros] = EPOCHS[unit];
    const value = `make_timestamp(CAST(CAST(${text} AS DECIMAL(24,6)) * ${micros} AS BIGINT))`;
    return admit(text, [[fullMatchSql(text, grammar), value]], pass);
  }
  const naive = `CAST(${text} AS TIMESTAMP)`;
  const shifted = `timezone('UTC', CAST(${text} AS TIMESTAMPTZ))`;
  const isUtc = zone === 'UTC' || zone === 'unknown';
  const local = `timezone('UTC', timezone(${sqlText(zone)}, ${naive}))`;
  return admit(
    text,
    [
      ...(isUtc
        ? [
            ...USUAL_MOMENTS.map((form) => [`${text} GLOB ${sqlText(form)}`, naive] as const),
            [fullMatchSql(text, `${MOMENT}Z?`), naive] as const,
          ]
        : ([
            [fullMatchSql(text, `${MOMENT}Z`), naive],
            [fullMatchSql(text, MOMENT), local],
          ] as const)),
      ...(unit === 'iso-or-date'
        ? ([[fullMatchSql(text, DATE), isUtc ? naive : local]] as const)
        : []),
      [fullMatchSql(text, `${MOMENT} ?[+-]\\d{2}(:?\\d{2})?`), shifted],
    ],
    pass,
  );
}

const EPOCHS = {
  s: ['[1-3]\\d{9}(\\.\\d{1,6})?', '1000000'],
  ms: ['[1-3]\\d{12}(\\.\\d{1,3})?', '1000'],
  us: ['[1-3]\\d{15}', '1'],
} as const;

/** As many digits as a count has: a hundred thousand such amounts still add up within the twenty digits of the store. */
const PLAIN_AMOUNT = '-?\\d{1,15}(\\.\\d{1,18})?';

/**
 * Writes an amount of money as DECIMAL(38,18), where the columns of `askedOfCosts` stand beside its text; `NULL` where the unit
 * has no conversion.
 */
export function moneySql(
  cost: CostRule,
  { pass, unitRate, padding = NO_PADDING }: FieldContext,
): string {
  const text = rawName(cost.from);
  if (cost.unit === 'units') return unitsSql(text, unitRate, pass);
  if (cost.unit === 'hundredth') {
    const value = `CAST(CAST(${text} AS DECIMAL(35,16)) * CAST('0.01' AS DECIMAL(3,2)) AS DECIMAL(38,18))`;
    return admit(text, [[fullMatchSql(text, '-?\\d{1,17}(\\.\\d{1,16})?'), value]], pass);
  }
  if (cost.literal === 'grouped') {
    const bare = `replace(replace(${text}, ',', ''), '$', '')`;
    const grammar = '-?\\$?(\\d{1,3}(,\\d{3}){0,4}|\\d{1,15})(\\.\\d{1,18})?';
    return admit(text, [[fullMatchSql(text, grammar), `CAST(${bare} AS DECIMAL(38,18))`]], pass);
  }
  const value = `CAST(${text} AS DECIMAL(38,18))`;
  const asDouble = `CAST(${text} AS DOUBLE)`;
  const exponent = fullMatchSql(text, '-?\\d{1,15}(\\.\\d{1,17})?[eE][+-]?\\d{1,2}');
  const isUsable = `coalesce(TRY(abs(${value}) < 1e15), false)`;
  const isExact = `coalesce(TRY(CAST(${value} AS DOUBLE) = ${asDouble}), false)`;
  if (cost.literal === 'exact') {
    return admit(
      text,
      [
        ...shortCases(cost.from, padding),
        [fullMatchSql(text, PLAIN_AMOUNT), value],
        [`${exponent} AND ${isExact} AND ${isUsable}`, value],
      ],
      pass,
    );
  }
  // A float that is not zero must not become zero; one beyond 10⁻¹⁸ is rounded there, less than its own error.
  const float = fullMatchSql(text, '-?\\d{1,15}(\\.\\d{1,40})?([eE][+-]?\\d{1,3})?');
  const keepsValue = `coalesce(TRY(${value} <> 0), false) OR NOT regexp_matches(${text}, '^-?[0.]*[1-9]')`;
  return admit(
    text,
    [
      ...shortCases(cost.from, padding),
      [fullMatchSql(text, PLAIN_AMOUNT), value],
      [`${float} AND (${keepsValue}) AND ${isUsable}`, value],
    ],
    pass,
  );
}

function unitsSql(text: string, unitRate: string | undefined, pass: Pass): string {
  const units = `CAST(${text} AS DECIMAL(19,0))`;
  return admit(text, [[fullMatchSql(text, '-?\\d{1,18}'), pricedSql(units, text, unitRate)]], pass);
}

function pricedSql(units: string, text: string, unitRate: string | undefined): string {
  if (unitRate === undefined) return `CAST(${units} AS DECIMAL(38,18))`;
  const [, divisor] = unitRate.split('/');
  if (divisor === undefined)
    return `CAST(${units} * CAST(${sqlText(unitRate)} AS DECIMAL(19,18)) AS DECIMAL(38,18))`;
  // Whole numbers alone: what is left over is rounded once, at the last place, a tie away from zero.
  const whole = `CAST(CAST(${text} AS BIGINT) // ${divisor} AS DECIMAL(38,18))`;
  const rest = `CAST(${text} AS HUGEINT) % ${divisor}`;
  const last = `(abs(${rest}) * 1000000000000000000 + ${divisor} // 2) // ${divisor} * sign(${rest})`;
  return `CAST(${whole} + CAST(${last} AS DECIMAL(19,0)) * CAST('0.000000000000000001' AS DECIMAL(18,18)) AS DECIMAL(38,18))`;
}
