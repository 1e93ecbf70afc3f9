import { mkdtemp, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { acmeMeter } from '../../../test/fixtures/adding-an-adapter/acme-meter.ts';
import { openConnection } from '../engines/duckdb/connection.ts';
import { stageFile } from '../engines/duckdb/stage.ts';
import { shapeOf } from '../shape.ts';
import { ADAPTERS } from './registry.ts';

const CSV = `When,Call,Model,In,Cached,Out,Total,Cents,Prompt
2026-11-09T10:00:00Z,c1,m,100,40,20,120,12.5,hidden
2026-11-09T10:01:00Z,c2,m,100,40,20,160,12.5,hidden
2026-11-09T10:02:00Z,c3,m,n/a,n/a,n/a,n/a,1,hidden
`;

it('reads a new format with the adapter of the page and nothing else', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'adding-')));
  const path = join(folder, 'calls.csv');
  await writeFile(path, CSV);
  const connection = await openConnection({ files: [path], folders: [], spill: folder });
  const shape = await shapeOf(connection, path, undefined);
  const reading = acmeMeter.recognise(shape);
  if (reading === undefined) throw new Error('not recognised');
  const staged = await stageFile(connection, {
    path,
    name: 'calls.csv',
    reading,
    zone: 'UTC',
    unitRate: undefined,
    target: { table: 'rows' },
  });
  expect(staged.quarantinedRows).toEqual([{ line: 3, reason: 'sum-mismatch' }]);
  const [sums] = await connection.rows(
    'SELECT CAST(sum(cost_charged) AS VARCHAR) AS cost, CAST(sum(in_uncached) AS VARCHAR) AS fresh, CAST(count(*) AS VARCHAR) AS n FROM rows',
  );
  await connection.close();
  expect(sums).toEqual({ cost: '0.135000000000000000', fresh: '60', n: '2' });
  expect(reading.dropped).toEqual(['Prompt']);
});

it('shows exactly that adapter on the page', async () => {
  const page = await readFile('docs/usage/adding-an-adapter.md', 'utf8');
  const file = await readFile('test/fixtures/adding-an-adapter/acme-meter.ts', 'utf8');
  const shown = /```ts\n([\s\S]*?)\n```/.exec(page)?.[1];
  expect(shown).toBe(
    file.replace("'../../../src/usage/adapters/adapter.ts'", "'./adapter.ts'").trimEnd(),
  );
});

it('says of every adapter how its export is obtained, when, for how long, and by which command', async () => {
  const page = await readFile('docs/usage/exports.md', 'utf8');
  const [, ...sections] = page.split(/^## /m);
  expect(sections.map((section) => section.split('\n')[0])).toEqual(Object.keys(ADAPTERS));
  for (const section of sections) {
    const facts = new Map(
      [...section.matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(([, name, text]) => [
        name,
        text ?? '',
      ]),
    );
    expect([...facts.keys()]).toEqual(['Get it', 'Lag', 'Retention', 'Refresh', 'Know']);
    const refresh: unknown = parse(facts.get('Refresh')?.replaceAll('`', '') ?? '');
    expect(Refresh.safeParse(refresh).success).toBe(true);
    // Neither in the shell's history nor in a URL.
    expect(JSON.stringify(refresh)).not.toMatch(/bearer|authorization|x-api-key|[?&][a-z_]*key=/i);
  }
});

const Refresh = z.strictObject({ command: z.array(z.string().min(1)).min(1) });
