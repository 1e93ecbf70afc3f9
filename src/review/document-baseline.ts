import { dateIn, type Digest, type Instant } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { DocumentBaseline } from '../verify/index.ts';
import { readPage } from './kept-pages.ts';
import type { Workspace } from './workspace.ts';

/** What the ledger says of all documents, read once. */
export interface DocumentHistory {
  readonly checks: readonly StoredRecord<RecordOf<'document-check'>>[];
  readonly accepts: readonly StoredRecord<RecordOf<'accept'>>[];
  readonly attests: readonly StoredRecord<RecordOf<'attest'>>[];
}

/** Reads the history of the documents. */
export async function documentHistory({ ledger }: Workspace): Promise<DocumentHistory> {
  return {
    checks: await ledger.records({ kind: 'document-check' }),
    accepts: await ledger.records({ kind: 'accept' }),
    attests: await ledger.records({ kind: 'attest' }),
  };
}

/** Builds what a check of one document compares with: the text that a role accepted, and when it was last verified. */
export async function baselineOf(
  workspace: Workspace,
  document: string,
  history: DocumentHistory,
): Promise<DocumentBaseline> {
  const checks = history.checks.filter(({ body }) => body.document === document);
  const accepts = history.accepts.filter(({ body }) => body.document === document);
  const latest = accepts.at(-1);
  const attest = history.attests.findLast(({ body }) => body.document === document);
  const verified = [
    ...accepts.map(({ context }) => context.at),
    ...checks
      .filter(({ body }) => body.outcome === 'pass' && body.state === 'same')
      .map(({ body }) => body.accessedAt),
  ].toSorted();
  const lastVerified = verified.at(-1);
  return {
    variants: variantsOf(checks, accepts),
    ...(latest === undefined ? {} : { accepted: await acceptedOf(workspace, latest, checks) }),
    ...(lastVerified === undefined ? {} : { lastVerified: lastVerified as Instant }),
    ...(attest === undefined
      ? {}
      : {
          attested: {
            claims: attest.body.claims,
            by: attest.body.by,
            on: attest.context.at as Instant,
          },
        }),
  };
}

async function acceptedOf(
  { plan, state }: Workspace,
  accept: StoredRecord<RecordOf<'accept'>>,
  checks: DocumentHistory['checks'],
): Promise<NonNullable<DocumentBaseline['accepted']>> {
  const content = accept.body.content as Digest;
  const check = checks.findLast(({ body }) => body.content === content);
  const normalised = await readPage(state, content);
  return {
    content,
    by: accept.body.by,
    on: dateIn(accept.context.at as Instant, plan.timezone),
    ...(check === undefined || check.body.representation === 'none'
      ? {}
      : { normaliser: check.body.normaliser, representation: check.body.representation }),
    ...(normalised === undefined ? {} : { normalised }),
  };
}

/** Texts between which a page may flip without an alarm: accepted before, or different in nothing but cosmetics. */
function variantsOf(
  checks: DocumentHistory['checks'],
  accepts: DocumentHistory['accepts'],
): readonly Digest[] {
  const cosmetic = checks
    .filter(({ body }) => body.detail === 'changed-cosmetic' && body.content !== null)
    .map(({ body }) => body.content as Digest);
  return [...new Set([...accepts.map(({ body }) => body.content as Digest), ...cosmetic])];
}
