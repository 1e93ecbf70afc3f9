import { AppError, type Digest } from '../core/index.ts';
import type { RecordBody, StoredRecord } from '../evidence/index.ts';
import type { Workspace } from './workspace.ts';

/** Gives the table: the manifests that the ledger's import records name, oldest first. */
export async function manifestsOf({ ledger }: Workspace): Promise<readonly Digest[]> {
  return (await ledger.records({ kind: 'import' })).map(({ body }) => body.manifest as Digest);
}

/** Losing a race means that another process changed the table, so this many in a row do not happen by themselves. */
const LOST_MAX = 5;

/**
 * Makes a change of one export's table and records it, unless another process changed that table meanwhile: then the change
 * rests on files that are no longer what counts, and is made again on the newer table.
 *
 * @returns what was made, with its record; without one where `make` found nothing to record.
 * @throws {AppError} `file-not-writable` when others were faster every time, and what `make` throws.
 */
export async function changeTable<Made, B extends RecordBody>(
  workspace: Workspace,
  id: string,
  make: (
    manifests: readonly Digest[],
  ) => Promise<{ readonly made: Made; readonly body: B | undefined }>,
): Promise<{ readonly made: Made; readonly record: StoredRecord<B> | undefined }> {
  for (let lost = 0; lost < LOST_MAX; lost += 1) {
    const before = await workspace.ledger.records({ kind: 'import' });
    const own = importsOf(before, id);
    const { made, body } = await make(before.map((record) => record.body.manifest as Digest));
    if (body === undefined) return { made, record: undefined };
    const isStale = (records: readonly StoredRecord[]) => importsOf(records, id) !== own;
    const [record] = await workspace.record([body], { unless: isStale });
    if (record !== undefined) return { made, record };
    workspace.ports.log.info('usage.again', { export: id, lost: lost + 1 });
  }
  throw new AppError('file-not-writable', {
    message: `Expected to change the usage of ${id} within ${LOST_MAX} tries, other processes were always faster`,
    hint: 'Run the command again; nothing was changed.',
  });
}

const importsOf = (records: readonly StoredRecord[], id: string): number =>
  records.filter(({ body }) => body.kind === 'import' && body.export === id).length;
