import type { Digest } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { documentHistory } from './document-baseline.ts';
import type { Workspace } from './workspace.ts';

/** One thing that happened to a document. */
export interface HistoryEvent {
  readonly at: string;
  readonly event: 'check' | 'accept' | 'attest';
  /** The state and detail of a check; the claims of an attestation. */
  readonly what: string;
  readonly content: Digest | null;
  /** The role; null for a check. */
  readonly by: string | null;
  readonly record: Digest;
}

/** Lists what the ledger holds of one document, oldest first. */
export async function historyOf(
  workspace: Workspace,
  document: string,
): Promise<readonly HistoryEvent[]> {
  const { checks, accepts, attests } = await documentHistory(workspace);
  return [...checks, ...accepts, ...attests]
    .filter(({ body }) => body.document === document)
    .toSorted((left, right) => left.index - right.index)
    .map(eventOf);
}

type DocumentRecord = StoredRecord<RecordOf<'document-check' | 'accept' | 'attest'>>;

function eventOf({ body, context, ref }: DocumentRecord): HistoryEvent {
  const base = { at: context.at, record: ref };
  switch (body.kind) {
    case 'document-check':
      return {
        ...base,
        at: body.accessedAt,
        event: 'check',
        what: `${body.state} (${body.detail})`,
        content: body.content as Digest | null,
        by: null,
      };
    case 'accept':
      return {
        ...base,
        event: 'accept',
        what: body.from === null ? 'first text' : 'new text',
        content: body.content as Digest,
        by: body.by,
      };
    case 'attest':
      return {
        ...base,
        event: 'attest',
        what: body.claims.join(' '),
        content: null,
        by: body.by,
      };
    default:
      body satisfies never;
      throw new RangeError('Unknown record of a document');
  }
}
