import type { Instant } from '../../core/index.ts';
import type { PlanDocument } from '../../plan/index.ts';
import type { DocumentCheck } from './document-check.ts';

/** Says how far a contract detail can be relied on today. */
export type ContractState =
  | 'verified'
  | 'new'
  | 'changed'
  | 'broken'
  | 'stale'
  | 'unreadable'
  | 'not-checked';

/** Holds one row of the contract table: what to verify, where, when it was, and how to word it safely. */
export interface ContractRow {
  readonly document: string;
  readonly claim: string;
  readonly area: string;
  readonly verify: string;
  /** The source; null for what only the own account can show. */
  readonly url: string | null;
  readonly accessedAt: Instant | null;
  readonly wording: string;
  readonly state: ContractState;
}

/** Lists the claims that have a wording, in the plan's order, with what the latest check says about each. */
export function contractTable(
  plan: { readonly documents: readonly PlanDocument[] },
  checks: readonly DocumentCheck[],
): readonly ContractRow[] {
  return plan.documents.flatMap((document) => {
    const check = checks.find((one) => one.document === document.id);
    return document.claims.flatMap((claim): ContractRow[] =>
      claim.wording === undefined
        ? []
        : [
            {
              document: document.id,
              claim: claim.id,
              area: claim.area ?? claim.id,
              verify: claim.verify ?? document.purpose,
              url: document.url ?? null,
              accessedAt: check?.accessedAt ?? null,
              wording: claim.wording,
              state: stateOf(claim.id, check),
            },
          ],
    );
  });
}

function stateOf(claim: string, check: DocumentCheck | undefined): ContractState {
  const result = check?.claims.find((one) => one.claim === claim)?.result;
  if (check === undefined || result === undefined) return 'not-checked';
  const isBroken = result === 'broken' && check.detail === 'claim-broken';
  if (check.state === 'gone' || isBroken) return 'broken';
  if (check.detail === 'stale') return 'stale';
  return result === 'holds' ? heldState(check) : 'unreadable';
}

/** A claim that holds is only as good as the page's own standing. */
function heldState(check: DocumentCheck): ContractState {
  if (check.state === 'new') return 'new';
  if (!check.fresh) return 'stale';
  return check.state === 'changed' ? 'changed' : 'verified';
}
