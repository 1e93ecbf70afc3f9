import { expect, it } from 'vitest';
import { decimal, type Measured } from '../../core/index.ts';
import { TABLE_WRITERS } from '../../report/index.ts';
import { allocationTable } from './allocation.ts';

const sum = (value: string | null, knownRows: number, totalRows: number): Measured => ({
  value: value === null ? null : decimal(value),
  knownRows,
  totalRows,
});

function lastLine(...costs: readonly Measured[]): string {
  const rows = costs.map((chargedCost, index) => ({
    group: { workload: `w${index}` },
    measures: { chargedCost },
  }));
  const table = allocationTable({
    answer: { rows, total: { group: {}, measures: {} } },
    by: ['workload'],
    measure: 'chargedCost',
    currency: 'USD',
  });
  return TABLE_WRITERS.terminal(table).trimEnd().split('\n').at(-1) ?? '';
}

it('totals what is known, and says where that is not all of it', () => {
  expect(lastLine(sum('1', 2, 2), sum('2.5', 1, 1))).toMatch(/^total +USD 3\.50 +100 %/);
  expect(lastLine(sum('1', 2, 2), sum('2.5', 1, 2))).toMatch(/^total +at least USD 3\.50 +100 %/);
  expect(lastLine(sum('1', 2, 2), sum(null, 0, 3))).toMatch(/^total +at least USD 1\.00 +100 %/);
});

it('gives no share of a credit or of nothing', () => {
  expect(lastLine(sum('1', 2, 2), sum('-3', 1, 1))).toMatch(/^total +USD -2\.00 +– /);
  expect(lastLine(sum('1', 2, 2), sum('-1', 1, 1))).toMatch(/^total +USD 0\.00 +– /);
});

it('totals nothing where nobody knows anything: unknown is not zero', () => {
  expect(lastLine(sum(null, 0, 2))).toMatch(/^total +unknown +–/);
});
