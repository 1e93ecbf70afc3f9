import { mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recogniseFile } from '../../shape.ts';
import { openConnection } from './connection.ts';
import { inspectFile } from './inspect.ts';
import { stageFile } from './stage.ts';

const HEADER =
  'generation_id,created_at,cost_total,tokens_prompt,tokens_completion,model_permaslug';
const row = (id: string, cost: string) => `${id},2026-11-09 10:00:00,${cost},1000,10,m`;

it.each([
  ['with rows that are left out', ['broken', row('g1', 'x')], 0],
  ['without', [], 1],
])('names odd rows of a table %s by a pass that names all of them', async (_, left, passes) => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'inspect-')));
  const path = join(folder, 'x.csv');
  const lines = [HEADER, row('g2', '0.01'), '', ...left, row('g3', '99'), '', row('g4', '99')];
  await writeFile(path, `${lines.join('\n')}\n`);
  const connection = await openConnection({ files: [path], folders: [], spill: folder });
  const { reading, name } = await recogniseFile(connection, path, {});
  const target = { table: 'rows' };
  const request = { path, name, reading, zone: 'UTC', unitRate: undefined, target };
  const staged = await stageFile(connection, request);
  const asked: string[] = [];
  const run = async (sql: string) => {
    asked.push(sql);
    await connection.run(sql);
  };
  const { flagged, flaggedRows } = await inspectFile({ ...connection, run }, request, staged);
  await connection.close();
  expect(flagged).toBe(2);
  const odd = lines.flatMap((line, index) => (/99/.test(line) ? [index + 1] : []));
  expect(flaggedRows.map(({ line }) => line)).toEqual(odd);
  expect(staged.quarantinedRows.map(({ line }) => line)).toEqual(left.map((__, at) => at + 4));
  expect(asked.filter((sql) => sql.includes('read_csv'))).toHaveLength(passes);
});
