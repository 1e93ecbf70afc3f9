import { NOT_MEASURED } from '../core/index.ts';
import type { RecordOf, StoredRecord } from '../evidence/index.ts';
import { measuredText } from '../metrics/index.ts';
import type { PlanExport } from '../plan/index.ts';
import type { UsageStore } from '../usage/index.ts';
import { manifestsOf } from './steps/usage.ts';
import type { Workspace } from './workspace.ts';

/** How many files became how many, and the record of it. */
export interface Compacted {
  readonly before: number;
  readonly after: number;
  readonly rows: number;
  readonly record: StoredRecord<RecordOf<'import'>>;
}

const NOTHING = measuredText(NOT_MEASURED);

/**
 * Writes the files of one export anew as few, and records it like an import that read nothing: the ledger stays the only
 * description of the table.
 *
 * @returns `undefined` where there are no two files to put together.
 */
export async function compactUsage(
  workspace: Workspace,
  store: UsageStore,
  { id, adapter, approved }: PlanExport,
): Promise<Compacted | undefined> {
  const manifests = await manifestsOf(workspace);
  const done = await store.compact({ export: id, manifests });
  if (done === undefined) return undefined;
  const { loaded, before, after, rows } = done;
  const body: RecordOf<'import'> = {
    kind: 'import',
    export: id,
    adapter,
    adapterVersion: loaded.manifest.adapterVersion,
    manifest: loaded.digest,
    inputs: [],
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
  // An import that came in between names files that this would remove from under it.
  const isStale = (records: readonly StoredRecord[]): boolean =>
    records.filter(({ body: one }) => one.kind === 'import').length !== manifests.length;
  const [record] = await workspace.record([body], { unless: isStale });
  return record === undefined ? undefined : { before, after, rows, record };
}
