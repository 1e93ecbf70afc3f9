import { AppError, NOT_MEASURED } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { measuredText } from '../metrics/index.ts';
import type { PlanExport } from '../plan/index.ts';
import type { CompactResult, UsageStore } from '../usage/index.ts';
import { changeTable } from './usage-table.ts';
import type { Workspace } from './workspace.ts';

/** How many files became how many, and the record of it. */
export interface Compacted {
  readonly before: number;
  readonly after: number;
  readonly rows: number;
  readonly record: StoredRecord<RecordOf<'import'>>;
}

/** Which files are written anew, and how many there must be at least; default: all, from two on. */
interface CompactOptions {
  readonly which?: 'all' | 'small';
  readonly filesMin?: number;
}

/**
 * Writes the files of one export anew as few, and records it like an import that read nothing: the ledger stays the only
 * description of the table. An import that comes in between is seen, and the files are written anew on the newer table.
 *
 * @returns `undefined` where there are no two files to put together.
 */
export async function compactUsage(
  workspace: Workspace,
  store: UsageStore,
  of: PlanExport,
  { which = 'all', filesMin = 2 }: CompactOptions = {},
): Promise<Compacted | undefined> {
  const { made, record } = await changeTable(workspace, of.id, async (manifests) => {
    const done = await store.compact({ export: of.id, manifests, which, filesMin });
    return { made: done, body: done && compactBody(of, done, which) };
  });
  if (made === undefined || record === undefined) return undefined;
  const { before, after, rows } = made;
  return { before, after, rows, record };
}

/** A question over more small files than this takes longer than one file by more than it takes to write them anew. */
const FILES_MAX = 64;

/**
 * Ends imports: many small files of an export become few without anyone's asking.
 *
 * The import stands whatever becomes of this; what is wrong with the files, the next question says.
 */
export async function compactWhenItPays(
  workspace: Workspace,
  store: UsageStore,
  of: PlanExport,
): Promise<void> {
  try {
    await compactUsage(workspace, store, of, { which: 'small', filesMin: FILES_MAX + 1 });
  } catch (error) {
    if (!(error instanceof AppError) || error.exit === 7 || error.exit === 1) throw error;
    workspace.ports.log.warn('usage.compact', { export: of.id, code: error.code });
  }
}

const NOTHING = measuredText(NOT_MEASURED);

/** Says of a compaction what its record says. */
export function compactBody(
  { id, adapter, approved }: PlanExport,
  { loaded }: CompactResult,
  which: 'all' | 'small',
): RecordOf<'import'> {
  return {
    kind: 'import',
    export: id,
    adapter,
    adapterVersion: loaded.manifest.adapterVersion,
    manifest: loaded.digest,
    inputs: [],
    compacted: which,
    accepted: 0,
    quarantined: 0,
    duplicate: 0,
    superseded: 0,
    requests: NOTHING,
    tokens: NOTHING,
    cost: [],
    start: null,
    end: null,
    completeThrough: null,
    content: loaded.manifest.content,
    approvedBy: approved.by,
    approvedUntil: approved.until ?? null,
  };
}
