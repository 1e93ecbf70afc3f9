import { canonicalJson, type Json } from '../core/index.ts';
import type { Plan } from '../plan/index.ts';

/** A change of the plan that the team wants reviewed. */
export type PlanChange = 'prompt-change' | 'contract-change' | 'workload-expansion';

/**
 * Says which reviews a change of the plan calls for.
 *
 * What a smoke test sends is a prompt; documents, providers and assumptions are the contract; workloads, allocation and
 * exports say how far usage reaches. Budgets, owners and channels call for none.
 */
export function planChanges(before: Plan, after: Plan): readonly PlanChange[] {
  const differs = (part: (plan: Plan) => unknown): boolean =>
    textOf(part(before)) !== textOf(part(after));
  const found: readonly (readonly [PlanChange, boolean])[] = [
    ['prompt-change', differs(({ smoke }) => smoke.map(({ id, request }) => [id, request]))],
    [
      'contract-change',
      differs(({ documents, providers, assumptions }) => [documents, providers, assumptions]),
    ],
    [
      'workload-expansion',
      differs(({ workloads, allocation, exports }) => [
        workloads,
        allocation,
        exports.map(({ id, path }) => [id, path]),
      ]),
    ],
  ];
  return found.filter(([, isThere]) => isThere).map(([change]) => change);
}

const textOf = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)) as Json);
