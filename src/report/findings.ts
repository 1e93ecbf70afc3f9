import type { SourceFinding } from './finding.ts';
import { cell, type Column, shown, TABLE_WRITERS, type TableFormat } from './table.ts';

/** Writes findings as a table: where, which rule, what it says and how to mend it. */
export function renderFindings(format: TableFormat, findings: readonly SourceFinding[]): string {
  const rows = findings.map((finding) => {
    const { rule, file, line, column, where, message, hint } = finding;
    const place = `${file}:${line}:${column}`;
    return [shown(place, place), cell(rule), cell(where), cell(message), cell(hint)];
  });
  return TABLE_WRITERS[format]({ columns: COLUMNS, rows });
}

const COLUMNS: readonly Column[] = [
  { key: 'place', title: 'Place', align: 'left' },
  { key: 'rule', title: 'Rule', align: 'left' },
  { key: 'where', title: 'In', align: 'left' },
  { key: 'message', title: 'Finding', align: 'left' },
  { key: 'hint', title: 'What to do', align: 'left' },
];
