import { addDuration, type Instant } from '../core/index.ts';
import type { PlanDocument } from '../plan/index.ts';
import type { DocumentHistory } from './document-baseline.ts';

/** What a document is judged by: the ledger's history and the time. */
export interface VerifiedWhen {
  readonly history: DocumentHistory;
  readonly now: Instant;
}

/**
 * Says in words why a document cannot be relied on now: not checked, not accepted, stale, or a wanted claim does not hold.
 *
 * The newest check, acceptance and attestation decide. `undefined` when it is verified.
 */
export function unverifiedBecause(
  document: PlanDocument,
  claims: readonly string[],
  known: VerifiedWhen,
): string | undefined {
  return document.kind === 'attested'
    ? unattestedBecause(document, claims, known)
    : unreadBecause(document, claims, known);
}

function unattestedBecause(
  document: PlanDocument,
  claims: readonly string[],
  { history, now }: VerifiedWhen,
): string | undefined {
  const attest = history.attests.findLast(isOf(document));
  if (attest === undefined) return 'no role has confirmed it';
  if (!lasts(document, attest.context.at, now)) return 'it was confirmed too long ago';
  const open = claims.filter((id) => !attest.body.claims.includes(id));
  return open.length === 0 ? undefined : `${open.join(', ')} was not confirmed`;
}

function unreadBecause(
  document: PlanDocument,
  claims: readonly string[],
  { history, now }: VerifiedWhen,
): string | undefined {
  const check = history.checks.findLast(isOf(document));
  if (check === undefined) return 'it has not been checked';
  const { content, state, accessedAt } = check.body;
  if (state === 'gone' || state === 'unreadable') return `it is ${state}`;
  const accepted = history.accepts.findLast(isOf(document));
  if (state !== 'same' && accepted?.body.content !== content) return 'its text is not accepted';
  // A claim that the plan got after the check has not been judged yet.
  const held = check.body.claims.filter(({ result }) => result === 'holds');
  const open = claims.filter((id) => !held.some(({ claim }) => claim === id));
  if (open.length > 0) return `${open.join(', ')} is not known to hold`;
  const verified = [accessedAt, ...(accepted === undefined ? [] : [accepted.context.at])];
  const isFresh = verified.some((at) => lasts(document, at, now));
  return isFresh ? undefined : 'it was verified too long ago';
}

const isOf =
  ({ id }: PlanDocument) =>
  ({ body }: { readonly body: { readonly document: string } }): boolean =>
    body.document === id;

/** Records hold their times as texts that the gate has checked. */
const lasts = ({ freshness }: PlanDocument, since: string, now: Instant): boolean =>
  now <= addDuration(since as Instant, freshness.maxAge);
