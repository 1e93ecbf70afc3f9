import type { Plan } from '../../../plan/index.ts';
import { sqlText, sqlTexts } from './quote.ts';

/** Rows that no rule and no known name allocates. */
export const UNALLOCATED = 'unallocated';
/** Rows whose own workload name the plan does not know. */
export const UNKNOWN_WORKLOAD = 'unallocated/unknown-workload';

type Rule = Plan['allocation']['rules'][number];

/**
 * Writes who a row is for, over the columns `s_key`, `s_project`, `s_model`, `s_workload` and `row_date`.
 *
 * The first rule that matches wins, and a rule beats a column of the export.
 */
export function allocationSql(
  plan: Plan,
  constants: { readonly provider: string | null; readonly environment: string },
): { readonly workload: string; readonly owner: string; readonly isShared: string } {
  const { rules, shared } = plan.allocation;
  const match = (when: Rule['when'], rule?: Rule) => matchSql(when, constants, rule);
  const workloads = rules.flatMap((rule) =>
    rule.workload === undefined
      ? []
      : [`WHEN ${match(rule.when, rule)} THEN ${sqlText(rule.workload)}`],
  );
  const owners = rules.flatMap((rule) =>
    rule.owner === undefined ? [] : [`WHEN ${match(rule.when, rule)} THEN ${sqlText(rule.owner)}`],
  );
  const named = rules.flatMap(({ workload }) => (workload === undefined ? [] : [workload]));
  const known = [...new Set([...plan.workloads, ...named])];
  // A plan that names no workload takes the export's names as they are.
  const own = known.length === 0 ? 's_workload IS NOT NULL' : `s_workload IN (${sqlTexts(known)})`;
  return {
    workload: `CASE ${workloads.join(' ')} WHEN ${own} THEN s_workload WHEN s_workload IS NOT NULL THEN ${sqlText(UNKNOWN_WORKLOAD)} ELSE ${sqlText(UNALLOCATED)} END`,
    owner:
      owners.length === 0
        ? sqlText(plan.owner)
        : `CASE ${owners.join(' ')} ELSE ${sqlText(plan.owner)} END`,
    isShared:
      shared.length === 0 ? 'false' : `(${shared.map(({ when }) => match(when)).join(' OR ')})`,
  };
}

function matchSql(
  when: Rule['when'],
  constants: { readonly provider: string | null; readonly environment: string },
  rule?: Rule,
): string {
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
