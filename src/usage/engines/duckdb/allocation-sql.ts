import type { Plan } from '../../../plan/index.ts';
import { NO_RULE, SHARED, UNKNOWN_KEY, UNKNOWN_WORKLOAD } from '../../allocation-labels.ts';
import { sqlText, sqlTexts } from './quote.ts';

type Rule = Plan['allocation']['rules'][number];

/** What is the same for every row of an export. */
interface Constants {
  readonly provider: string | null;
  readonly environment: string;
}

/**
 * Writes which rule takes a row and which shared cost it belongs to, over the columns `s_key`, `s_project`, `s_model`,
 * `s_workload` and `row_date`.
 *
 * The first rule that matches wins, and only a row that none takes can be shared cost.
 */
export function stageSql(
  { allocation: { rules, shared } }: Plan,
  constants: Constants,
): { readonly rule: string; readonly pool: string } {
  const taken = rules.map(
    (rule, index) => `WHEN ${matchSql(rule.when, constants, rule)} THEN ${index + 1}`,
  );
  const pools = shared.map(
    ({ id, when }) => `WHEN ${matchSql(when, constants)} THEN ${sqlText(id)}`,
  );
  return {
    rule: taken.length === 0 ? 'CAST(NULL AS INTEGER)' : `CASE ${taken.join(' ')} END`,
    pool:
      pools.length === 0
        ? 'CAST(NULL AS VARCHAR)'
        : `CASE WHEN s_rule IS NOT NULL THEN NULL ${pools.join(' ')} END`,
  };
}

/**
 * Writes who a row is for, over the columns `s_rule` and `s_pool` of {@link stageSql}.
 *
 * A rule beats a column of the export. Shared cost is labelled as such until it is split, so that no owner is charged with it
 * twice.
 */
export function allocationSql(plan: Plan): { readonly workload: string; readonly owner: string } {
  const { rules } = plan.allocation;
  const named = rules.flatMap(({ workload }, index) =>
    workload === undefined ? [] : [`WHEN s_rule = ${index + 1} THEN ${sqlText(workload)}`],
  );
  const owned = rules.flatMap(({ owner }, index) =>
    owner === undefined ? [] : [`WHEN s_rule = ${index + 1} THEN ${sqlText(owner)}`],
  );
  const shared = `WHEN s_pool IS NOT NULL THEN ${sqlText(SHARED)} || s_pool`;
  return {
    workload: `CASE ${[...named, shared, ...statedSql(plan)].join(' ')} ELSE ${sqlText(NO_RULE)} END`,
    owner: `CASE ${[...owned, shared].join(' ')} ELSE ${sqlText(plan.owner)} END`,
  };
}

/** What the export says counts where the plan knows the name; a plan that names no workload takes them as they are. */
function statedSql({ allocation: { rules }, workloads }: Plan): readonly string[] {
  const byRule = rules.flatMap(({ workload }) => (workload === undefined ? [] : [workload]));
  const known = [...new Set([...workloads, ...byRule])];
  const isKnown =
    known.length === 0 ? 's_workload IS NOT NULL' : `s_workload IN (${sqlTexts(known)})`;
  const looksAtKeys = rules.some(({ when }) => when.key !== undefined);
  return [
    `WHEN ${isKnown} THEN s_workload`,
    `WHEN s_workload IS NOT NULL THEN ${sqlText(UNKNOWN_WORKLOAD)}`,
    ...(looksAtKeys
      ? [`WHEN s_key IS NOT NULL AND s_key <> '*' AND s_rule IS NULL THEN ${sqlText(UNKNOWN_KEY)}`]
      : []),
  ];
}

function matchSql(when: Rule['when'], constants: Constants, rule?: Rule): string {
  const columns = (['key', 'project', 'model', 'workload'] as const).flatMap((name) => {
    const values = when[name];
    return values === undefined
      ? []
      : [`coalesce(s_${name} IN (${values.length === 0 ? 'NULL' : sqlTexts(values)}), false)`];
  });
  const fixed = [
    when.provider === undefined || when.provider.includes(constants.provider ?? ''),
    when.environment === undefined || when.environment.includes(constants.environment),
  ].map(String);
  const dates = [
    ...(rule?.from === undefined ? [] : [`row_date >= DATE ${sqlText(rule.from)}`]),
    ...(rule?.until === undefined ? [] : [`row_date < DATE ${sqlText(rule.until)}`]),
  ];
  return [...columns, ...fixed, ...dates].join(' AND ');
}
