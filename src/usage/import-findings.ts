import { QUARANTINE_SHOWN } from './engines/duckdb/by-line.ts';
import type { Merged } from './engines/duckdb/merged.ts';
import { nameOf } from './import-facts.ts';
import type { ReadPart } from './import-work.ts';
import type { Manifest } from './manifest.ts';

/** Says what is odd about an import that was taken: charges that do not follow, costs of no world, days that shrank. */
export function findingsOf(
  read: readonly ReadPart[],
  { shrunk, doubtful = [] }: Merged,
): Pick<Manifest, 'replay' | 'flagged' | 'shrunk'> {
  const replays = read.flatMap(({ inspection }) => inspection.replay ?? []);
  const odd = read.filter(({ parquet }) => doubtful.includes(parquet));
  const flagged = read.reduce((sum, { inspection }) => sum + inspection.flagged, odd.length);
  const sum = (of: 'reproduced' | 'differs' | 'notCheckable') =>
    replays.reduce((total, counts) => total + counts[of], 0);
  return {
    ...(replays.length > 0 && {
      replay: {
        reproduced: sum('reproduced'),
        differs: sum('differs'),
        notCheckable: sum('notCheckable'),
      },
    }),
    ...(flagged > 0 && { flagged: { count: flagged, rows: flaggedRows(read, odd) } }),
    ...(shrunk.length > 0 && { shrunk }),
  };
}

const flaggedRows = (read: readonly ReadPart[], odd: readonly ReadPart[]) =>
  [
    ...odd.map((part) => ({ file: nameOf(part), line: 1, reason: 'days-of-another-file-too' })),
    ...read.flatMap((part) =>
      part.inspection.flaggedRows.map((row) => ({ file: nameOf(part), ...row })),
    ),
  ].slice(0, QUARANTINE_SHOWN);
