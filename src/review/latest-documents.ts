import { AppError, type Digest } from '../core/index.ts';
import type { RecordOf } from '../evidence/index.ts';
import { diffDocuments, type DocumentDiff, headingPaths } from '../verify/index.ts';
import { readPage } from './kept-pages.ts';
import type { Workspace } from './workspace.ts';

/** Lists the latest check of every document of the plan; one that was never checked is not in it. */
export async function latestDocumentChecks({
  ledger,
  plan,
}: Workspace): Promise<readonly RecordOf<'document-check'>[]> {
  const latest = new Map(
    (await ledger.records({ kind: 'document-check' })).map(({ body }) => [body.document, body]),
  );
  return plan.documents.flatMap(({ id }) => latest.get(id) ?? []);
}

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
    ({ body }) => body.document === id && body.content !== null,
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
