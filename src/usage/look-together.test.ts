import { copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { openConnection } from './engines/duckdb/connection.ts';
import { look } from './look.ts';
import { lookTogether } from './look-together.ts';
import { recogniseFile } from './shape.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');
const FIXTURES = 'test/fixtures/usage';

interface Answer {
  readonly id: string;
  readonly model?: string;
  readonly output?: number;
  readonly costUSD?: number;
  readonly day?: string;
}

const answer = ({ id, model = 'model-a', output = 5, costUSD, day = '09' }: Answer) =>
  JSON.stringify({
    type: 'assistant',
    requestId: `req-${id}`,
    timestamp: `2026-11-${day}T10:00:00.000Z`,
    ...(costUSD !== undefined && { costUSD }),
    message: {
      id,
      model,
      usage: {
        input_tokens: 1000,
        output_tokens: output,
        cache_read_input_tokens: 20,
        cache_creation_input_tokens: 3,
      },
    },
  });
const talk = JSON.stringify({
  type: 'user',
  sessionId: 's',
  timestamp: '2026-11-09T09:00:00.000Z',
  message: { role: 'user', content: 'hello' },
});

/** Sessions of every kind; those that are to be read by themselves say why. */
const SESSIONS: Readonly<Record<string, readonly string[]>> = {
  'a-plain': [talk, answer({ id: 'a1' }), answer({ id: 'a2', model: 'model-b', day: '11' })],
  // The counters of one answer grow, and another session replays it.
  'b-growing': [answer({ id: 'b1' }), answer({ id: 'b1', output: 9 }), answer({ id: 'a1' })],
  'c-unused': [talk, talk],
  'd-costs': [answer({ id: 'd1', costUSD: 0.25 }), talk, answer({ id: 'd2' })],
  'e-torn': [answer({ id: 'e1' }), '{"type":"assistant","message":{"us'],
  'f-key': [answer({ id: 'f1' }), talk.replace('hello', `sk-${'a1B2'.repeat(12)}`)],
  'g-odd-cost': [answer({ id: 'g1', costUSD: 5000 }), answer({ id: 'g2', costUSD: 0.01 })],
  'h-nameless': [answer({ id: 'h1' }).replace('"id":"h1",', ''), talk],
};
const ALONE = ['e-torn', 'f-key', 'g-odd-cost', 'h-nameless'];

async function sessions(): Promise<{ readonly folder: string; readonly paths: readonly string[] }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'look-')));
  for (const [name, lines] of Object.entries(SESSIONS))
    await writeFile(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`);
  return { folder, paths: Object.keys(SESSIONS).map((name) => join(folder, `${name}.jsonl`)) };
}

describe('many sessions', () => {
  it('are said to hold what each of them is said to hold', async () => {
    const { folder, paths } = await sessions();
    const other = join(folder, 'codex.jsonl');
    await copyFile(join(FIXTURES, 'codex-sessions/ok-reemitted/input.jsonl'), other);
    const table = join(folder, 'spend.json');
    await copyFile(join(FIXTURES, 'litellm-spend-logs/ok-page/input.json'), table);
    const [first = '', ...rest] = paths;
    const all = [first, table, ...rest, other, first];
    for (const zone of [undefined, 'America/Los_Angeles']) {
      const options = zone === undefined ? {} : { zone };
      const each = [];
      for (const path of all) each.push(...(await look([path], options, ports)));
      expect(await look(all, options, ports)).toEqual(each);
    }
  });

  it('are read at once also where a line says what those below it are of', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'look-')));
    const paths = ['a.jsonl', 'b.jsonl'].map((name) => join(folder, name));
    for (const path of paths)
      await copyFile(join(FIXTURES, 'codex-sessions/ok-reemitted/input.jsonl'), path);
    const connection = await openConnection({
      files: paths,
      folders: [],
      spill: join(folder, 'spill'),
    });
    const recognised = [];
    for (const path of paths) recognised.push(await recogniseFile(connection, path, {}));
    const found = await lookTogether(connection, recognised, {});
    await connection.close();
    expect([...found.keys()]).toEqual(paths);
    const [alone] = await look(paths.slice(0, 1), {}, ports);
    expect(found.get(paths[0] ?? '')).toEqual(alone);
  });

  it('are read at once but for those of which single lines have something to be said', async () => {
    const { folder, paths } = await sessions();
    const connection = await openConnection({ files: paths, folders: [], spill: folder });
    const recognised = [];
    for (const path of paths) recognised.push(await recogniseFile(connection, path, {}));
    const found = await lookTogether(connection, recognised, {});
    await connection.close();
    const names = [...found.keys()].map((path) => path.slice(folder.length + 1, -'.jsonl'.length));
    expect(names).toEqual(Object.keys(SESSIONS).filter((name) => !ALONE.includes(name)));
    expect(found.get(join(folder, 'b-growing.jsonl'))).toMatchObject({ rows: 2, duplicate: 1 });
    expect(found.get(join(folder, 'c-unused.jsonl'))).toMatchObject({ rows: 0, skipped: 2 });
  });
});

describe('a session whose first line is not whole yet', () => {
  const begun = answer({ id: 'z1' }).slice(0, 60);

  it.each([
    ['holds a half line', begun, 1],
    ['is empty', '', 0],
  ])('is passed over beside others, where it %s, as an import does', async (_, text, left) => {
    const { folder, paths } = await sessions();
    const half = join(folder, 'half.jsonl');
    await writeFile(half, text);
    const [first = '', second = ''] = paths;
    for (const some of [
      [half, first],
      [first, half],
      [first, half, second],
    ]) {
      const found = await look(some, {}, ports);
      const one = found[some.indexOf(half)];
      expect(found.map(({ rows }) => rows)).toEqual(some.map((path) => (path === half ? 0 : 2)));
      expect(one).toMatchObject({ file: 'half.jsonl', rows: 0, quarantined: left });
    }
  });

  it('does not say alone what it is, and how to mend that', async () => {
    const { folder, paths } = await sessions();
    const half = join(folder, 'half.jsonl');
    await writeFile(half, begun);
    const table = join(folder, 'spend.json');
    await copyFile(join(FIXTURES, 'litellm-spend-logs/ok-page/input.json'), table);
    const refused = {
      code: 'export-unreadable',
      message: 'half.jsonl holds only the beginning of its first line',
      content: { hint: expect.stringContaining('when its first line is whole') },
    };
    await expect(look([half], {}, ports)).rejects.toMatchObject(refused);
    await expect(look([table, half], {}, ports)).rejects.toMatchObject(refused);
    // A whole line that is no JSON is no beginning.
    await writeFile(half, `${begun}\n`);
    await expect(look([...paths.slice(0, 1), half], {}, ports)).rejects.toMatchObject({
      message: 'half.jsonl is not whole JSON',
    });
  });
});

describe('what stops the engine', () => {
  it('is thrown where no file can be the cause, and does not end in reading one by one', async () => {
    const { folder, paths } = await sessions();
    const connection = await openConnection({ files: paths, folders: [], spill: folder });
    const recognised = [];
    for (const path of paths) recognised.push(await recogniseFile(connection, path, {}));
    const run = async () => await Promise.reject(new Error('Binder Error: no column "filename"'));
    await expect(lookTogether({ ...connection, run }, recognised, {})).rejects.toMatchObject({
      code: 'internal',
    });
    await connection.close();
  });

  it('leaves a file that has gone to be read by itself, and the others together', async () => {
    const { folder, paths } = await sessions();
    const some = paths.slice(0, 3);
    const connection = await openConnection({ files: some, folders: [], spill: folder });
    const recognised = [];
    for (const path of some) recognised.push(await recogniseFile(connection, path, {}));
    const run = async (sql: string) => {
      await rm(some[2] ?? '', { force: true });
      await connection.run(sql);
    };
    const found = await lookTogether({ ...connection, run }, recognised, {});
    await connection.close();
    expect([...found.keys()]).toEqual(some.slice(0, 2));
  });
});

it('says what is wrong with a file after what is wrong with those before it', async () => {
  const { folder, paths } = await sessions();
  const [first = ''] = paths;
  const bad = join(folder, 'bad.csv');
  await writeFile(bad, 'a,b\n1,2\n');
  const broken = join(folder, 'broken.csv');
  await writeFile(
    broken,
    'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\nx,USD,Usage,1,2\n',
  );
  await expect(look([first, bad], {}, ports)).rejects.toMatchObject({ code: 'export-unknown' });
  await expect(look([broken, bad], {}, ports)).rejects.toMatchObject({ code: 'export-unreadable' });
});

it('takes the marks of a pattern in a path as they are, of one file and of many', async () => {
  const { folder, paths } = await sessions();
  const odd = join(folder, 'sessions [nov] *?');
  await mkdir(odd);
  const all = paths.slice(0, 2).map((path, index) => ({ path, to: join(odd, `[${index}].jsonl`) }));
  for (const { path, to } of all) await copyFile(path, to);
  for (const some of [all, all.slice(0, 1)]) {
    const found = await look(
      some.map(({ to }) => to),
      {},
      ports,
    );
    expect(found.map(({ rows }) => rows)).toEqual(some.map(() => 2));
  }
});
