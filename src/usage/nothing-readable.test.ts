import { existsSync } from 'node:fs';
import { mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { sessionProject } from '../../test/fixtures/usage/session-project.ts';
import { HEADER, tablePlan } from '../../test/fixtures/usage/table-plan.ts';
import { openUsageStore } from './store.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const row = (at: string, usd: string) => `${at},r-${at}-${usd},m,w,s,1,1,${usd}\n`;
const GOOD = row('2026-11-09T10:00:00Z', '1');
const ODD = row('09.11.2026', '1') + row('10.11.2026', 'x');

async function tables(texts: readonly string[]) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nothing-')));
  const state = join(folder, 'state');
  const store = await openUsageStore({ folder: state }, ports);
  const files = texts.map((_, index) => join(folder, `${index}.csv`));
  for (const [index, text] of texts.entries())
    await writeFile(files[index] ?? '', `${HEADER}\n${text}`);
  const plan = tablePlan();
  const [of] = plan.exports;
  if (of === undefined) throw new Error('no export');
  const read = async (more: { readonly derives?: true } = {}) =>
    await store.importExport({ export: of, plan, files, current: [], ...more });
  const stored = async () => {
    const path = join(state, 'usage/files');
    return existsSync(path) ? await readdir(path) : [];
  };
  return { read, stored };
}

describe('an import of which every row is left out', () => {
  it('is refused as a look refuses it, and stores nothing, so that a mended plan can read the file', async () => {
    const { read, stored } = await tables([ODD]);
    await expect(read()).rejects.toMatchObject({
      code: 'export-unreadable',
      exit: 5,
      message: '0.csv: none of its 2 rows could be read; the first says bad-start-at, in "ts"',
    });
    expect(await stored()).toEqual([]);
    const both = await tables(['', ODD]);
    await expect(both.read()).rejects.toMatchObject({
      message: expect.stringContaining('1.csv: none of the 2 files’ 2 rows could be read'),
    });
  });

  it('is derived again where it was recorded', async () => {
    const { read } = await tables([ODD]);
    expect(await read({ derives: true })).toMatchObject({ accepted: 0, quarantined: 2 });
  });

  it('is none where one row is taken, or there is none', async () => {
    const { read } = await tables([ODD, GOOD]);
    expect(await read()).toMatchObject({ accepted: 1, quarantined: 2 });
    expect(await (await tables([''])).read()).toMatchObject({ accepted: 0, quarantined: 0 });
  });
});

describe('sessions', () => {
  const line = (id: string) =>
    `${JSON.stringify({ timestamp: '2026-11-10T10:00:00Z', message: { id, model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } })}\n`;

  it('that have just begun wait for the next import, alone too', async () => {
    const { folder, read } = await sessionProject('claude-code-sessions', { 'a.jsonl': line('a') });
    await read();
    const path = join(folder, 'projects/p/b.jsonl');
    for (const text of ['', line('b').slice(0, 40)]) {
      await writeFile(path, text);
      expect(await read()).toMatchObject({ kind: 'unchanged', remaining: 1 });
    }
    await writeFile(path, line('b'));
    expect(await read()).toMatchObject({ kind: 'imported', accepted: 1, remaining: 0 });
  });

  it('may end in a torn line and say nothing else, but may not be torn throughout', async () => {
    const talk = `${JSON.stringify({ type: 'user', sessionId: 's', timestamp: '2026-11-10T10:00:00Z' })}\n`;
    const torn = line('a').slice(0, 60);
    const growing = await sessionProject('claude-code-sessions', { 'a.jsonl': talk + torn });
    expect(await growing.read()).toMatchObject({ accepted: 0, quarantined: 1 });
    const broken = await sessionProject('claude-code-sessions', {
      'a.jsonl': `${talk}${torn}\n${torn}\n`,
    });
    await expect(broken.read()).rejects.toMatchObject({ code: 'export-unreadable' });
  });
});
