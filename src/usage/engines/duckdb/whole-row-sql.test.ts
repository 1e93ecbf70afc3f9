import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../../../test/fixtures/usage/node-ports.ts';
import type { TableMapping } from '../../../plan/index.ts';
import { look } from '../../look.ts';
import { openConnection } from './connection.ts';
import { digestSql } from './whole-row-sql.ts';

const mapping: TableMapping = {
  format: { kind: 'csv', delimiter: ',' },
  key: 'none',
  restatement: 'append',
  columns: { startAt: 'ts' },
  cost: { field: 'usd', unit: 'USD', basis: 'charged' },
};

describe('a digest of a row', () => {
  // Rows that were imported are compared with those after them by it: it may never change.
  it.each([
    [3, '540db9c8-d96b-3110-9103-2b9bea245f7a'],
    [700, '39c4c529-4db9-ca93-1f6d-c13cc311ed4b'],
  ])('is what it always was, of %i columns', async (count, digest) => {
    const spill = await realpath(await mkdtemp(join(tmpdir(), 'digest-')));
    const connection = await openConnection({ files: [], folders: [], spill });
    const names = Array.from({ length: count }, (_, index) => `c${index}`);
    const texts = ["'ü,'", 'NULL', "'a\nb'"];
    const values = names.map((name, index) => `${texts[index % 3]} AS ${name}`);
    const parts = names.map((name) => `coalesce(length(${name}) || ':' || ${name}, '-')`);
    const [row] = await connection.rows(
      `SELECT CAST(${digestSql(names)} AS VARCHAR) AS digest,
         CAST(CAST(md5(concat_ws(',', ${parts.join(', ')})) AS UUID) AS VARCHAR) AS expected FROM (SELECT ${values.join(', ')})`,
    );
    await connection.close();
    expect([row?.['digest'], row?.['digest']]).toEqual([row?.['expected'], digest]);
  });
});

describe('a table of three thousand columns', () => {
  const names = Array.from({ length: 3000 }, (_, index) => `c${index}`);
  const row = (usd: string, first = 'x') =>
    `2026-11-09T10:00:00Z,${usd},${first}${',x'.repeat(names.length - 1)}`;

  it('is read without a key, and names the line of a row that is left out', async () => {
    const path = join(await realpath(await mkdtemp(join(tmpdir(), 'wide-'))), 'x.csv');
    const rows = [row('1'), row('1', '"a\nb"'), row('bad'), row('2', 'y')];
    await writeFile(path, `ts,usd,${names.join(',')}\n${rows.join('\n')}\n`);
    const [result] = await look([path], { mapping }, nodePorts('2026-11-23T09:00:00Z'));
    expect(result).toMatchObject({
      rows: 3,
      quarantinedRows: [{ line: 5, reason: 'bad-cost' }],
    });
  });
});
