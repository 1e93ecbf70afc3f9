import type { TokenRule } from '../../adapters/adapter.ts';
import type { ColumnId } from '../../columns.ts';
import { sqlText } from './quote.ts';

/** Token leaves as expressions, and what a row must not contradict. */
export interface TokenSql {
  readonly columns: Partial<Record<ColumnId, string>>;
  readonly checks: readonly { readonly reason: string; readonly violated: string }[];
}

/** Lists the raw counts that a rule reads. */
export const tokenInputs = (rule: TokenRule): string[] =>
  [rule.input, rule.output, rule.cacheRead, rule.cacheWrite, rule.reasoning, rule.total].filter(
    (name) => name !== undefined,
  );

/**
 * Writes the disjoint leaves of a token rule over typed counts (`count(name)` gives each one's expression).
 *
 * A negative leaf or a total that does not add up is a contradiction: the row is quarantined, never clamped.
 */
export function tokenSql(
  rule: TokenRule,
  count: (name: string) => string,
  raw: (name: string) => string,
): TokenSql {
  const said = (name: string | undefined) => (name === undefined ? 'NULL::BIGINT' : count(name));
  const orNone = (sql: string) => (rule.absentIsNone ? `coalesce(${sql}, 0)` : sql);
  const facts: Facts = {
    rule,
    input: said(rule.input),
    output: said(rule.output),
    read: orNone(said(rule.cacheRead)),
    write: orNone(said(rule.cacheWrite)),
    reasoning: orNone(said(rule.reasoning)),
    total: said(rule.total),
  };
  const input = inputSql(facts, raw);
  const output = outputSql(facts);
  return {
    columns: { ...input.columns, ...output.columns },
    checks: [...input.checks, ...output.checks, ...totalCheck(rule, facts)],
  };
}

interface Facts {
  readonly rule: TokenRule;
  readonly input: string;
  readonly output: string;
  readonly read: string;
  readonly write: string;
  readonly reasoning: string;
  readonly total: string;
}

function inputSql(facts: Facts, raw: (name: string) => string): TokenSql {
  const { rule, input, read } = facts;
  if (rule.input === undefined) return { columns: {}, checks: [] };
  if (rule.cacheRead === undefined) return { columns: { in_unsplit: input }, checks: [] };
  const write = `coalesce(${facts.write}, 0)`;
  const isExclusive = exclusiveSql(facts, raw);
  const uncached = `CASE WHEN ${isExclusive} THEN ${input} WHEN NOT ${isExclusive} THEN ${input} - ${read} - ${write} END`;
  return {
    columns: {
      in_unsplit: `CASE WHEN ${read} IS NULL THEN ${input} END`,
      in_uncached: uncached,
      in_cache_read: `CASE WHEN ${input} IS NOT NULL AND ${isExclusive} IS NOT NULL THEN ${read} END`,
      ...(rule.cacheWrite !== undefined && {
        in_cache_write: `CASE WHEN ${input} IS NOT NULL AND ${isExclusive} IS NOT NULL AND ${read} IS NOT NULL THEN ${facts.write} END`,
      }),
    },
    checks: [{ reason: 'cached-exceeds-input', violated: `(${uncached}) < 0` }],
  };
}

/** True, false, or null where nobody said and the row's own total does not tell. */
function exclusiveSql(
  { rule, input, output, read, write, total }: Facts,
  raw: (name: string) => string,
) {
  const { cacheInInput } = rule;
  if (cacheInInput === 'yes') return 'false';
  if (cacheInInput === 'no') return 'true';
  if (cacheInInput !== 'unknown') {
    const flags = cacheInInput.exclusiveWhen.map(
      ({ from, is }) => `coalesce(${raw(from)} = ${sqlText(is)}, false)`,
    );
    return `(${flags.join(' OR ')})`;
  }
  const cached = `(${read} + coalesce(${write}, 0))`;
  return `(CASE WHEN ${cached} = 0 THEN false WHEN ${total} = ${input} + ${output} THEN false
    WHEN ${total} = ${input} + ${output} + ${cached} THEN true END)`;
}

function outputSql({ rule, output, reasoning }: Facts): TokenSql {
  if (rule.output === undefined) return { columns: {}, checks: [] };
  if (rule.reasoning === undefined || rule.reasoningInOutput === 'unknown') {
    return { columns: { out_unsplit: output }, checks: [] };
  }
  const visible = rule.reasoningInOutput === 'yes' ? `${output} - ${reasoning}` : output;
  return {
    columns: {
      out_unsplit: `CASE WHEN ${reasoning} IS NULL THEN ${output} END`,
      out_visible: `CASE WHEN ${reasoning} IS NOT NULL THEN ${visible} END`,
      out_reasoning: `CASE WHEN ${output} IS NOT NULL THEN ${reasoning} END`,
    },
    checks: [{ reason: 'reasoning-exceeds-output', violated: `${visible} < 0` }],
  };
}

function totalCheck(rule: TokenRule, facts: Facts): TokenSql['checks'] {
  if (rule.total === undefined) return [];
  const { input, output, total } = facts;
  const plain = `${input} + ${output}`;
  const cached = `coalesce(${facts.read}, 0) + coalesce(${facts.write}, 0)`;
  const reasoning = `coalesce(${facts.reasoning}, 0)`;
  const inputs =
    rule.cacheInInput === 'yes'
      ? [plain]
      : rule.cacheInInput === 'no'
        ? [`${plain} + ${cached}`]
        : [plain, `${plain} + ${cached}`];
  // Undeclared reasoning is taken as part of the output; a row that says otherwise asks for `reasoningInOutput: no`.
  const sums = inputs.map((sum) =>
    rule.reasoningInOutput === 'no' ? `${sum} + ${reasoning}` : sum,
  );
  return [{ reason: 'sum-mismatch', violated: `${total} NOT IN (${sums.join(', ')})` }];
}
