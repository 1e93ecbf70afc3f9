import type { Plan } from '../plan/index.ts';
import type { DocumentBody } from './bundle.ts';

/** One contract detail: a claim of the plan that has a safe wording, with what the last check says of it. */
export interface ContractRow {
  readonly area: string;
  readonly verify: string;
  /** Null for what only the own account can show. */
  readonly url: string | null;
  /** UTC date of the last access; null when there was none. */
  readonly accessed: string | null;
  readonly wording: string;
  readonly state: ContractState;
}

export type ContractState =
  | 'verified'
  | 'broken'
  | 'stale'
  | 'not accepted'
  | 'not evaluable'
  | 'not checked';

type Check = Omit<DocumentBody, 'kind' | 'review'>;

/**
 * Lists the contract details of a plan in its order.
 *
 * `verified` means that the page still says it, was read lately, and that a role has accepted its text; it says nothing about
 * what the page means.
 */
export function contractRows(
  checks: readonly Check[],
  plan: Pick<Plan, 'documents'>,
): readonly ContractRow[] {
  return plan.documents.flatMap((document) => {
    const check = checks.find((found) => found.document === document.id);
    return document.claims.flatMap((claim) =>
      claim.wording === undefined
        ? []
        : [
            {
              area: claim.area ?? claim.id,
              verify: claim.verify ?? document.purpose,
              url: document.url ?? null,
              accessed: check?.accessedAt.slice(0, 10) ?? null,
              wording: claim.wording,
              state: stateOf(claim.id, check),
            },
          ],
    );
  });
}

const RESULTS = { broken: 'broken', 'not-evaluable': 'not evaluable' } as const;

function stateOf(claim: string, check: Check | undefined): ContractState {
  const result = check?.claims.find((found) => found.claim === claim)?.result;
  if (check === undefined || result === undefined) return 'not checked';
  if (result !== 'holds') return RESULTS[result];
  if (!check.fresh) return 'stale';
  return check.outcome === 'pass' ? 'verified' : 'not accepted';
}
