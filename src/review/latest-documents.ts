import { addDuration, AppError, type Digest, type Instant } from '../core/index.ts';
import type { RecordOf } from '../evidence/index.ts';
import type { PlanDocument } from '../plan/index.ts';
import { diffDocuments, type DocumentDiff, headingPaths } from '../verify/index.ts';
import { type DocumentHistory, documentHistory, lastVerifiedOf } from './document-baseline.ts';
import { readPage } from './kept-pages.ts';
import type { Workspace } from './workspace.ts';

/** Lists the latest check of every document of the plan; one that was never checked is not in it. */
export async function latestDocumentChecks(
  workspace: Workspace,
): Promise<readonly RecordOf<'document-check'>[]> {
  const history = await documentHistory(workspace);
  const latest = new Map(history.checks.map(({ body }) => [body.document, body]));
  const now = workspace.ports.clock.now();
  return workspace.plan.documents.flatMap((document) => {
    const check = latest.get(document.id);
    return check === undefined ? [] : [asOfNow(check, document, history, now)];
  });
}

/** A check that passed grows old without another one: what is shown today says so. */
function asOfNow(
  check: RecordOf<'document-check'>,
  { id, kind, freshness }: PlanDocument,
  history: DocumentHistory,
  now: Instant,
): RecordOf<'document-check'> {
  const verified = kind === 'attested' ? attestedAt(id, history) : lastVerifiedOf(id, history);
  const isOld = verified !== undefined && now > addDuration(verified, freshness.maxAge);
  if (!check.fresh || !isOld || check.detail === 'stale') return check;
  const isFail = check.outcome === 'fail';
  return {
    ...check,
    fresh: false,
    outcome: isFail ? 'fail' : 'inconclusive',
    reasons: [...new Set([...check.reasons, 'document-stale' as const])],
    missing: isFail ? check.missing : [...new Set([...check.missing, `document:${id}`])],
  };
}

const attestedAt = (document: string, { attests }: DocumentHistory): Instant | undefined =>
  attests.findLast(({ body }) => body.document === document)?.context.at as Instant | undefined;

/** Lists the headings of the text that was last read, for the one who accepts it; empty when it is not on this machine. */
export async function headingsOf(
  workspace: Workspace,
  content: Digest,
): Promise<readonly string[]> {
  const page = await readPage(workspace.state, content);
  if (page === undefined) return [];
  return headingPaths(page).flatMap((path) => path.at(-1) ?? []);
}

/**
 * Compares the text that was last read with the accepted one.
 *
 * @throws {AppError} `document-unread` when either text is not on this machine.
 */
export async function diffDocument(workspace: Workspace, id: string): Promise<DocumentDiff> {
  const check = await workspace.ledger.latest(
    'document-check',
    ({ body }) => body.document === id && body.content !== null && body.state !== 'unreadable',
  );
  const accept = await workspace.ledger.latest('accept', ({ body }) => body.document === id);
  const [before, after] = [
    await pageOf(workspace, accept?.body.content),
    await pageOf(workspace, check?.body.content),
  ];
  if (before !== undefined && after !== undefined) return diffDocuments(before, after);
  throw new AppError('document-unread', {
    message: `Expected an accepted text and a later one of ${id} on this machine`,
    hint: `Run \`spendproof docs check ${id}\`, and accept a first text with \`spendproof docs accept ${id}\`.`,
  });
}

async function pageOf(workspace: Workspace, content: string | null | undefined) {
  return typeof content === 'string'
    ? await readPage(workspace.state, content as Digest)
    : undefined;
}
