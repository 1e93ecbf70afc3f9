import type { Inspection } from './engines/duckdb/inspect.ts';
import type { LookSums } from './engines/duckdb/look-sums.ts';
import type { StagedFile } from './engines/duckdb/stage.ts';
import type { LookResult } from './look-result.ts';
import type { RecognisedFile } from './shape.ts';

/** What was found out about one file. */
export interface Looked extends Omit<StagedFile, 'columns'>, Inspection {
  readonly duplicate: number;
  readonly zone: string;
  readonly sums: LookSums;
}

/** Says what one file holds, in the order in which it is shown. */
export const lookResult = (
  { name, adapter, reading }: RecognisedFile,
  looked: Looked,
): LookResult => ({
  file: name,
  adapter: adapter.id,
  adapterVersion: adapter.version,
  recognisedBy: adapter.expects,
  quarantined: looked.quarantined,
  quarantinedRows: looked.quarantinedRows,
  duplicate: looked.duplicate,
  replay: looked.replay,
  flagged: looked.flagged,
  flaggedRows: looked.flaggedRows,
  skipped: looked.skipped,
  zone: looked.zone,
  grain: adapter.facts.grain,
  droppedColumns: reading.dropped,
  ...looked.sums,
});
