import { cell, count, shown, type TableContent } from '../../report/index.ts';
import type { ImportSummary } from '../../usage/index.ts';

/** Lays out what was imported, oldest first: files, counts, days, and whether any of its rows still counts. */
export const importTable = (found: readonly ImportSummary[]): TableContent => ({
  columns: [
    { key: 'export', title: 'Export', align: 'left' },
    { key: 'files', title: 'Files', align: 'left' },
    ...COUNTS.map(([key, title]) => ({ key, title, align: 'right' as const })),
    { key: 'start', title: 'From', align: 'left' },
    { key: 'end', title: 'Until', align: 'left' },
    { key: 'counts', title: 'Counts', align: 'left' },
  ],
  rows: found.map((one) => [
    cell(one.export),
    shown(one.files.join('; '), filesText(one.files)),
    ...COUNTS.map(([key]) => shown(one[key], count(one[key]))),
    cell(one.start),
    cell(one.end),
    cell(one.live === 0 ? 'superseded whole' : 'yes'),
  ]),
});

const COUNTS = [
  ['accepted', 'Accepted'],
  ['quarantined', 'Left out'],
  ['duplicate', 'Duplicate'],
  ['superseded', 'Superseded'],
] as const;

/** A folder of sessions is one import of a thousand files. */
const FILES_SHOWN = 3;

function filesText(files: readonly string[]): string {
  const first = files.slice(0, FILES_SHOWN).join(', ');
  const hidden = files.length - FILES_SHOWN;
  return hidden > 0 ? `${first} and ${count(hidden)} more` : first;
}
