import { AppError, itemAt } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { currentHolds } from './steps/documents.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/** What an acceptance changed. */
export interface Acceptance {
  readonly record: StoredRecord<RecordOf<'accept'>>;
  /** Assumptions that were held by this document alone and are held no more. */
  readonly resumed: readonly string[];
}

/**
 * Records that a role has read the text of a document as it was when it was last checked; the digest pins which text.
 *
 * @param expected the digest that the role has read, or its first characters; without it, the text that was checked last.
 * @throws {AppError} `usage` for an unknown document or role and for a text that is not the last one, `document-unread` when the
 * page has not been read yet, `document-rejected` for a new one that did not pass its first reading.
 */
export async function acceptDocument(
  workspace: Workspace,
  id: string,
  by: string,
  expected?: string,
): Promise<Acceptance> {
  const { plan, ledger } = workspace;
  const known = plan.documents.map((document) => document.id);
  if (!known.includes(id)) throw unknownName('document', id, known);
  const roles = plan.owners.map((owner) => owner.id);
  if (!roles.includes(by)) throw unknownName('role', by, roles);
  const check = await ledger.latest('document-check', ({ body }) => body.document === id);
  if (check === undefined || check.body.content === null || check.body.state === 'unreadable') {
    throw new AppError('document-unread', {
      message: `Expected a text of ${id} to accept; the page has not been read`,
      hint: `Run \`spendproof docs check ${id}\` first.`,
    });
  }
  refuseRejected(check.body);
  if (expected !== undefined) refuseOther(id, check.body.content, expected);
  const before = await currentHolds(workspace);
  const earlier = await ledger.latest('accept', ({ body }) => body.document === id);
  const record = itemAt(
    await workspace.record<RecordOf<'accept'>>([
      {
        kind: 'accept',
        document: id,
        content: check.body.content,
        from: earlier?.body.content ?? null,
        by,
      },
    ]),
    0,
  );
  const after = new Set((await currentHolds(workspace)).map(({ assumption }) => assumption));
  const resumed = before.map(({ assumption }) => assumption).filter((one) => !after.has(one));
  return { record, resumed };
}

/** A page that is new must show one text to two visitors, and everything that the plan claims of it (design: documents.md 3.1). */
function refuseRejected({ document, state, detail, claims }: RecordOf<'document-check'>): void {
  if (state !== 'new') return;
  if (detail === 'pending') {
    throw new AppError('document-rejected', {
      message: `Expected ${document} to show the same text to two visitors, got two texts`,
      hint: 'Check it again; if it stays so, compare less of it: `scope` or `ignore`, or a Markdown alternate.',
    });
  }
  const broken = claims.filter(({ result }) => result === 'broken').map(({ claim }) => claim);
  if (detail !== 'claim-broken' || broken.length === 0) return;
  throw new AppError('document-rejected', {
    message: `Expected ${document} to say what the plan claims of it; ${broken.join(', ')} is not on the page`,
    hint: 'Correct the claim in the plan, or the address, and check it again.',
  });
}

/** An acceptance is for the text that was read and for no other: between reading and accepting the page may be checked again. */
function refuseOther(id: string, content: string, expected: string): void {
  const wanted = expected.toLowerCase().replace(/^sha256:/, '');
  const isPrefix = /^[0-9a-f]{12,64}$/.test(wanted) && content.slice(7).startsWith(wanted);
  if (isPrefix) return;
  throw new AppError('usage', {
    message: `Expected the digest of the text of ${id} that was checked last, ${content.slice(0, 19)}…, got another`,
    hint: `Read the page as it is now: spendproof docs diff ${id}`,
  });
}
