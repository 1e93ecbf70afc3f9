import type { Plan } from '../../plan/index.ts';

type Allocation = Plan['allocation'];
type When = Allocation['rules'][number]['when'];

/** What is known of a row; null is not said. */
export interface RowFacts {
  readonly date: string;
  readonly key: string | null;
  readonly project: string | null;
  readonly model: string | null;
  readonly workload: string | null;
  readonly provider: string | null;
  readonly environment: string;
}

/** One entry of the allocation, and why it takes the row or does not. */
export interface RuleTrail {
  /** `rule 2` or `shared gateway-overhead`. */
  readonly entry: string;
  readonly matches: boolean;
  /** What speaks against it, such as `model is m-b`; empty when it matches. */
  readonly because: string;
}

/** Why a row is whose it is. */
export interface RowExplanation {
  /** Every entry in order; the first that matches has decided. */
  readonly trail: readonly RuleTrail[];
  /** The entry that decided; null when none matches. */
  readonly decidedBy: string | null;
  /** Entries that match too and came too late. */
  readonly shadowed: readonly string[];
  readonly workload: string;
  readonly owner: string;
}

/** Tries every allocation entry on a row, in the order in which the store does, and says what decided. */
export function explainRow(plan: Plan, row: RowFacts): RowExplanation {
  const { rules, shared } = plan.allocation;
  const entries = [
    ...rules.map((rule, index) => ({
      entry: `rule ${index + 1}`,
      because: [...against(rule.when, row), ...invalid(rule, row.date)].join(', '),
      workload: rule.workload,
      owner: rule.owner ?? plan.owner,
    })),
    ...shared.map(({ id, when, split }) => ({
      entry: `shared ${id}`,
      because: against(when, row).join(', '),
      workload: `split ${split.method}${split.method === 'proportional' ? ` by ${split.by ?? 'requests'}` : ''} to ${split.to.join(', ')}`,
      owner: 'the owners of these',
    })),
  ];
  const matching = entries.filter(({ because }) => because === '');
  const [first, ...late] = matching;
  return {
    trail: entries.map(({ entry, because }) => ({ entry, matches: because === '', because })),
    decidedBy: first?.entry ?? null,
    shadowed: late.map(({ entry }) => entry),
    workload: first?.workload ?? statedWorkload(plan, row, first !== undefined),
    owner: first?.owner ?? plan.owner,
  };
}

/** Lists what of a rule's conditions the row does not meet. */
function against(when: When, row: RowFacts): readonly string[] {
  const names = ['key', 'project', 'model', 'workload', 'provider', 'environment'] as const;
  return names.flatMap((name) => {
    const wanted = when[name];
    if (wanted === undefined) return [];
    const value = row[name];
    if (value !== null && wanted.includes(value)) return [];
    return [`${name} is ${value ?? 'not said'}, not ${wanted.join(' or ')}`];
  });
}

function invalid({ from, until }: Allocation['rules'][number], date: string): readonly string[] {
  return [
    ...(from !== undefined && date < from ? [`valid from ${from}`] : []),
    ...(until !== undefined && date >= until ? [`valid until ${until}`] : []),
  ];
}

/** A rule beats what the export says, and what it says counts where the plan knows the name. */
function statedWorkload(plan: Plan, row: RowFacts, isRuled: boolean): string {
  const { rules } = plan.allocation;
  const known = new Set([...plan.workloads, ...rules.flatMap(({ workload }) => workload ?? [])]);
  if (row.workload !== null) {
    return known.size === 0 || known.has(row.workload)
      ? row.workload
      : 'unallocated/unknown-workload';
  }
  const looksAtKeys = rules.some(({ when }) => when.key !== undefined);
  const hasKey = row.key !== null && row.key !== '*';
  return looksAtKeys && hasKey && !isRuled ? 'unallocated/unknown-key' : 'unallocated/no-rule';
}
