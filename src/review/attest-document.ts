import { AppError, type Digest, itemAt } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import type { PlanDocument } from '../plan/index.ts';
import type { Workspace } from './workspace.ts';
import { unknownName } from './unknown-name.ts';

/** What a role confirms. */
export interface Attestation {
  readonly document: string;
  readonly by: string;
  /** The claims that it has seen to hold; empty for those that only the own account can show. */
  readonly claims: readonly string[];
  /** Digest of a file that the role keeps as proof. */
  readonly file: Digest | undefined;
}

/**
 * Records that a role has confirmed claims of a document that no request of ours can show: a page behind a login, one that
 * refuses us, or the own account.
 *
 * @throws {AppError} `usage` for an unknown document, role or claim, and when nothing would be confirmed.
 */
export async function attestDocument(
  workspace: Workspace,
  { document: id, by, claims, file }: Attestation,
): Promise<StoredRecord<RecordOf<'attest'>>> {
  const { plan } = workspace;
  const document = plan.documents.find((one) => one.id === id);
  if (document === undefined) {
    throw unknownName(
      'document',
      id,
      plan.documents.map((one) => one.id),
    );
  }
  const roles = plan.owners.map((owner) => owner.id);
  if (!roles.includes(by)) throw unknownName('role', by, roles);
  const known = document.claims.map((claim) => claim.id);
  const unknown = claims.find((claim) => !known.includes(claim));
  if (unknown !== undefined) throw unknownName('claim', unknown, known);
  const confirmed = claims.length > 0 ? [...new Set(claims)] : ownClaims(document);
  if (confirmed.length === 0) {
    throw new AppError('usage', {
      message: `Expected claims of ${id} to confirm; it has none that only the own account can show`,
      hint: `Name what you have seen: --claim ${known[0] ?? 'ID'}.`,
    });
  }
  const record = itemAt(
    await workspace.record<RecordOf<'attest'>>([
      {
        kind: 'attest',
        document: id,
        claims: confirmed,
        ...(file === undefined ? {} : { file }),
        by,
      },
    ]),
    0,
  );
  return record;
}

/** Of a page we read, only what it cannot show; of a document without a page, everything. */
const ownClaims = ({ kind, claims }: PlanDocument): readonly string[] =>
  claims.filter((claim) => kind === 'attested' || claim.kind === 'attestation').map(({ id }) => id);
