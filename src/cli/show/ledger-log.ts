import { shortDigest } from '../../core/index.ts';
import { cell, shown, type TableContent } from '../../report/index.ts';

/** One line of the log. */
export interface LogLine {
  readonly index: number;
  readonly record: string;
  readonly at: string;
  readonly kind: string;
  readonly about: string;
  readonly operator: string;
}

/** Lays out records as they were appended; scripts get whole digests. */
export const logTable = (lines: readonly LogLine[]): TableContent => ({
  columns: [
    { key: 'index', title: 'Index', align: 'right' },
    { key: 'record', title: 'Record', align: 'left' },
    { key: 'at', title: 'At', align: 'left' },
    { key: 'kind', title: 'Kind', align: 'left' },
    { key: 'about', title: 'About', align: 'left' },
    { key: 'operator', title: 'Operator', align: 'left' },
  ],
  rows: lines.map(({ index, record, at, kind, about, operator }) => [
    cell(index),
    shown(record, shortDigest(record)),
    cell(at),
    cell(kind),
    cell(about === '' ? null : about),
    cell(operator),
  ]),
});
