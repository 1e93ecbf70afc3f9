import { sqlName, sqlText } from './quote.ts';

/** Columns of a written file that hold text of an outside source: of the store's own rows, and of FOCUS. */
const OUTSIDE_TEXTS = {
  csv: 'model model_served key_ref project_ref workload request_ref trace_ref key_1 key_2 key_3 key_4 key_5 key_6 key_7 key_8',
  focus: 'ChargeDescription ServiceName SubAccountId x_Model x_ModelServed x_KeyRef x_RequestRef',
} as const;

/** Writes rows whose outside texts no spreadsheet runs as a formula: such a text begins with an apostrophe. */
export function withoutFormulas(rows: string, format: keyof typeof OUTSIDE_TEXTS): string {
  const guarded = OUTSIDE_TEXTS[format].split(' ').map((name) => {
    const text = sqlName(name);
    return `CASE WHEN ${isFormula(text)} THEN ${sqlText("'")} || ${text} ELSE ${text} END AS ${text}`;
  });
  return `SELECT * REPLACE (${guarded.join(', ')}) FROM (${rows})`;
}

/** Writes whether some outside text of a written row is one that a spreadsheet runs as a formula, or would without its guard. */
export const holdsFormula = (format: keyof typeof OUTSIDE_TEXTS): string =>
  OUTSIDE_TEXTS[format]
    .split(' ')
    .map((name) => `coalesce(${isFormula(`regexp_replace(${sqlName(name)}, '^''', '')`)}, false)`)
    .join(' OR ');

/** A plain number stays a number, as in every other table that is written. */
const isFormula = (text: string): string =>
  `(regexp_matches(${text}, ${sqlText(String.raw`^\s*[=+\-@\t\r\n]`)}) AND NOT regexp_full_match(${text}, ${sqlText(String.raw`-?\d+(\.\d+)?`)}))`;
