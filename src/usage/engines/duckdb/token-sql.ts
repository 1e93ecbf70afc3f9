import type { TokenRule } from '../../adapters/adapter.ts';
import type { ColumnId } from '../../columns.ts';
import { testSql } from './raw-sql.ts';

/** Token leaves as expressions, and what a row must not contradict. */
export interface TokenSql {
  readonly columns: Partial<Record<ColumnId, string>>;
  readonly checks: readonly { readonly reason: string; readonly violated: string }[];
}

/** Lists the raw counts that a rule reads. */
export const tokenInputs = (rule: TokenRule): string[] =>
  [
    ...partsOf(rule.input),
    ...partsOf(rule.output),
    rule.cacheRead,
    ...partsOf(rule.cacheWrite),
    rule.reasoning,
    rule.toolUse,
    rule.total,
  ].filter((name) => name !== undefined);

const partsOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : [names].flat();

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
  const { unreadWhen } = rule;
  const isUnread = unreadWhen === undefined ? undefined : `(${raw(unreadWhen)} IS NOT NULL)`;
  const none = isUnread === undefined ? '0' : `CASE WHEN NOT ${isUnread} THEN 0 END`;
  const orNone = (sql: string) => (rule.absentIsNone ? `coalesce(${sql}, ${none})` : sql);
  const facts: Facts = {
    rule,
    isUnread,
    input: sumOf(partsOf(rule.input).map(said)),
    output: sumOf(partsOf(rule.output).map(said)),
    read: orNone(said(rule.cacheRead)),
    write: orNone(sumOf(partsOf(rule.cacheWrite).map(said))),
    reasoning: orNone(said(rule.reasoning)),
    tools: `coalesce(${said(rule.toolUse)}, 0)`,
    total: said(rule.total),
  };
  const input = inputSql(facts);
  const output = outputSql(facts);
  return {
    columns: { ...input.columns, ...output.columns },
    checks: [...input.checks, ...output.checks, ...totalCheck(rule, facts)],
  };
}

/** A sum is known as soon as one of its parts is: a source leaves out the parts that it does not have. */
function sumOf(parts: readonly string[]): string {
  const [first] = parts;
  if (parts.length < 2) return first ?? 'NULL::BIGINT';
  const known = `CASE WHEN coalesce(${parts.join(', ')}) IS NOT NULL THEN`;
  return `(${known} ${parts.map((part) => `coalesce(${part}, 0)`).join(' + ')} END)`;
}

interface Facts {
  readonly rule: TokenRule;
  /** Rows whose details nobody can read. */
  readonly isUnread: string | undefined;
  readonly input: string;
  readonly output: string;
  readonly read: string;
  readonly write: string;
  readonly reasoning: string;
  /** Prompts of tools, none where nobody says. */
  readonly tools: string;
  readonly total: string;
}

function inputSql(facts: Facts): TokenSql {
  const { rule, read } = facts;
  if (rule.input === undefined) return { columns: {}, checks: [] };
  const input = rule.toolUse === undefined ? facts.input : `(${facts.input} + ${facts.tools})`;
  if (rule.cacheRead === undefined) return { columns: { in_unsplit: input }, checks: [] };
  const write = `coalesce(${facts.write}, 0)`;
  const isExclusive = exclusiveSql(facts);
  const uncached = `CASE WHEN ${isExclusive} THEN ${input} WHEN NOT ${isExclusive} THEN ${input} - ${read} - ${write} END`;
  return {
    columns: {
      // Nobody knows whether the input of a row without its details holds what was cached.
      in_unsplit: `CASE WHEN ${read} IS NULL${facts.isUnread === undefined ? '' : ` AND NOT ${facts.isUnread}`} THEN ${input} END`,
      in_uncached: uncached,
      in_cache_read: `CASE WHEN ${input} IS NOT NULL AND ${isExclusive} IS NOT NULL THEN ${read} END`,
      ...(rule.cacheWrite !== undefined && {
        in_cache_write: `CASE WHEN ${input} IS NOT NULL AND ${isExclusive} IS NOT NULL AND ${read} IS NOT NULL THEN ${facts.write} END`,
      }),
    },
    checks: [
      {
        reason: 'cached-exceeds-input',
        violated: `NOT ${isExclusive} AND ${facts.input} < ${read} + ${write}`,
      },
    ],
  };
}

const isSettled = ({ rule }: Facts) => rule.total !== undefined;
const cachedOf = ({ read, write }: Facts) => `(coalesce(${read}, 0) + coalesce(${write}, 0))`;
const plainOf = ({ input, output, tools }: Facts) => `(${input} + ${output} + ${tools})`;

/** What reasoning may add to the row's total: nothing, its count, or either. */
function reasoningAdds(facts: Facts): readonly string[] {
  const { rule } = facts;
  const count = `coalesce(${facts.reasoning}, 0)`;
  if (rule.reasoning === undefined || rule.reasoningInOutput === 'yes') return ['0'];
  return rule.reasoningInOutput === 'no' ? [count] : ['0', count];
}

/** True, false, or null where nobody said and the row's own total does not tell. */
function exclusiveSql(facts: Facts): string {
  const { cacheInInput } = facts.rule;
  if (cacheInInput === 'yes') return 'false';
  if (cacheInInput === 'no') return 'true';
  if (cacheInInput !== 'unknown') {
    const isExclusive = `(${cacheInInput.exclusiveWhen.map(testSql).join(' OR ')})`;
    return facts.isUnread === undefined
      ? isExclusive
      : `(CASE WHEN NOT ${facts.isUnread} THEN ${isExclusive} END)`;
  }
  const cached = `(${facts.read} + coalesce(${facts.write}, 0))`;
  const rest = `(${facts.total} - ${plainOf(facts)})`;
  const adds = reasoningAdds(facts);
  const inside = `${rest} IN (${adds.join(', ')})`;
  const outside = `${rest} - ${cached} IN (${adds.join(', ')})`;
  return `(CASE WHEN ${cached} = 0 THEN false WHEN ${inside} AND ${outside} THEN NULL WHEN ${inside} THEN false
    WHEN ${outside} THEN true END)`;
}

/** Whether reasoning stands beside the output: said by the rule, or settled by the row's own total. */
function besideSql(facts: Facts): string {
  const { reasoningInOutput, cacheInInput } = facts.rule;
  if (reasoningInOutput !== 'unknown') return String(reasoningInOutput === 'no');
  const rest = `(${facts.total} - ${plainOf(facts)})`;
  const cached = cacheInInput === 'yes' ? ['0'] : ['0', cachedOf(facts)];
  const ways = cacheInInput === 'no' ? [cachedOf(facts)] : cached;
  const inside = `${rest} IN (${ways.join(', ')})`;
  const beside = `${rest} - ${facts.reasoning} IN (${ways.join(', ')})`;
  return `(CASE WHEN ${facts.reasoning} = 0 THEN false WHEN ${inside} AND ${beside} THEN NULL WHEN ${inside} THEN false
    WHEN ${beside} THEN true END)`;
}

function outputSql(facts: Facts): TokenSql {
  const { rule, output, reasoning } = facts;
  if (rule.output === undefined) return { columns: {}, checks: [] };
  const isOpen = rule.reasoningInOutput === 'unknown' && !isSettled(facts);
  if (rule.reasoning === undefined || isOpen) {
    return { columns: { out_unsplit: output }, checks: [] };
  }
  const isBeside = besideSql(facts);
  const isKnown = `${reasoning} IS NOT NULL AND ${isBeside} IS NOT NULL`;
  return {
    columns: {
      out_unsplit: `CASE WHEN NOT (${isKnown}) THEN ${output} END`,
      out_visible: `CASE WHEN ${reasoning} IS NULL THEN NULL WHEN ${isBeside} THEN ${output} WHEN NOT ${isBeside} THEN ${output} - ${reasoning} END`,
      out_reasoning: `CASE WHEN ${output} IS NOT NULL AND ${isKnown} THEN ${reasoning} END`,
    },
    checks: [
      {
        reason: 'reasoning-exceeds-output',
        violated: `NOT ${isBeside} AND ${output} < ${reasoning}`,
      },
    ],
  };
}

function totalCheck(rule: TokenRule, facts: Facts): TokenSql['checks'] {
  if (rule.total === undefined) return [];
  const cached = cachedOf(facts);
  const inputs =
    rule.cacheInInput === 'yes' ? ['0'] : rule.cacheInInput === 'no' ? [cached] : ['0', cached];
  const sums = inputs.flatMap((input) =>
    reasoningAdds(facts).map((reasoning) => `${plainOf(facts)} + ${input} + ${reasoning}`),
  );
  return [{ reason: 'sum-mismatch', violated: `${facts.total} NOT IN (${sums.join(', ')})` }];
}
