import type { Finding } from './finding.ts';
import { cell, type Column, shown, type TableContent } from './table.ts';

/** Lays out findings: where, which rule, what it says and how to mend it. */
export function findingTable(findings: readonly Finding[]): TableContent {
  const rows = findings.map(({ rule, level, message, hint, place }) => {
    const at = placeText(place);
    return [
      at === null ? cell(null) : shown(at, at),
      cell(rule),
      cell(level),
      cell(place?.region?.where ?? null),
      cell(message),
      cell(hint ?? null),
    ];
  });
  return { columns: COLUMNS, rows };
}

function placeText(place: Finding['place']): string | null {
  if (place === undefined) return null;
  const { file, region } = place;
  return region === undefined ? file : `${file}:${region.line}:${region.column}`;
}

const COLUMNS: readonly Column[] = [
  { key: 'place', title: 'Place', align: 'left' },
  { key: 'rule', title: 'Rule', align: 'left' },
  { key: 'level', title: 'Level', align: 'left' },
  { key: 'where', title: 'In', align: 'left' },
  { key: 'message', title: 'Finding', align: 'left' },
  { key: 'hint', title: 'What to do', align: 'left' },
];
