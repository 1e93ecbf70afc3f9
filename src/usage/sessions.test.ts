import { appendFile, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { sessionProject } from '../../test/fixtures/usage/session-project.ts';

interface Line {
  readonly id: string;
  readonly output: number;
  readonly request?: string;
  readonly extra?: object;
}

/** Three of four lines of a session are no usage, and they are the long ones. */
const answer = ({ id, output, request = `req-${id}`, extra = {} }: Line): string =>
  `${JSON.stringify({
    type: 'assistant',
    sessionId: 's',
    timestamp: '2026-11-10T10:00:00.123Z',
    requestId: request,
    message: {
      id,
      model: 'model-1',
      content: [{ type: 'text', text: 'the "usage": {"input_tokens": 9} of a task-list' }],
      usage: { input_tokens: 5, output_tokens: output, cache_read_input_tokens: 70 },
    },
    ...extra,
  })}\n`;
const talk = `${JSON.stringify({ type: 'user', timestamp: '2026-11-10T10:00:00Z', message: { role: 'user', content: 'x'.repeat(3000) } })}\n`;

const project = async (files: Readonly<Record<string, string>>) =>
  await sessionProject('claude-code-sessions', files);

it('reads a folder of many sessions as one import, each answer once with its largest counters', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, file) => [
      `s-${String(file).padStart(2, '0')}.jsonl`,
      talk +
        answer({ id: `m-${file}`, output: 1 }) +
        answer({ id: `m-${file}`, output: 10 }) +
        // A sidechain replays the answer of another session under its own request.
        answer({ id: 'm-0', output: 4, request: `side-${file}`, extra: { isSidechain: true } }),
    ]),
  );
  const { read, total } = await project({ ...files, 'empty.jsonl': '', 'silent.jsonl': talk });
  const result = await read();
  expect(result).toMatchObject({ accepted: 40, duplicate: 80, quarantined: 0, skipped: 41 });
  expect(result).toMatchObject({ remaining: 0 });
  expect(result.inputs).toHaveLength(42);
  expect(await total()).toEqual(['40', '3000', '400']);
  expect((await read()).kind).toBe('unchanged');
});

it('reads the same from files that are read at once and line by line', async () => {
  const whole = {
    'a.jsonl': `${talk}${answer({ id: 'a', output: 3, extra: { costUSD: 0.000_12 } })}\r\n\n`,
    'b.jsonl': answer({ id: 'b', output: 7, extra: { costUSD: 1e-7 } }) + talk,
    'c.jsonl': answer({ id: 'ü€\u{1f600}', output: 0, extra: { costUSD: null } }),
  };
  const torn = '{"timestamp":"2026-11-10T10:00:00Z","message":{"usa';
  const once = await (await project(whole)).read();
  const byLines = await (
    await project(
      Object.fromEntries(Object.entries(whole).map(([name, text]) => [name, text + torn])),
    )
  ).read();
  expect(byLines).toMatchObject({ accepted: 3, quarantined: 3, skipped: once.skipped });
  expect(byLines.content).toBe(once.content);
  expect(once.accepted).toBe(3);
});

it('finds the one line that cannot be read among many files, and takes all others', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, file) => [
      `s-${file}.jsonl`,
      answer({ id: `m-${file}`, output: 2 }),
    ]),
  );
  const bad = answer({ id: 'bad', output: 2 }).replace('"output_tokens":2', '"output_tokens":2.5');
  const { read, total } = await project({
    ...files,
    's-5.jsonl': `${files['s-5.jsonl']}${talk}${bad}`,
  });
  expect(await read()).toMatchObject({
    accepted: 9,
    quarantined: 1,
    quarantinedRows: [{ file: 's-5.jsonl', line: 3, reason: 'bad-output-tokens' }],
  });
  expect(await total()).toEqual(['9', '675', '18']);
});

it('reads files of one size each, also where they begin and end alike, and the same bytes once', async () => {
  // Their answers stand in the middle, beyond what is compared first.
  const of = (id: string) => talk.repeat(3) + answer({ id, output: 1 }) + talk.repeat(3);
  const files = {
    'a.jsonl': of('m-1'),
    'b.jsonl': of('m-2'),
    'c.jsonl': of('m-1'),
    'd.jsonl': of('m-3'),
    'e.jsonl': of('m-2'),
    'f.jsonl': answer({ id: 'm-4', output: 1 }),
    'g.jsonl': answer({ id: 'm-5', output: 1 }),
    'h.jsonl': answer({ id: 'm-4', output: 1 }),
  };
  const { read, total } = await project(files);
  const first = await read();
  expect(first).toMatchObject({ accepted: 5, duplicate: 0, skipped: 18, remaining: 0 });
  expect(first.inputs).toHaveLength(5);
  expect(await total()).toEqual(['5', '375', '5']);
  expect(await read()).toMatchObject({ kind: 'unchanged' });
});

it('takes words of usage inside a text for talk, and a torn line of usage for what cannot be read', async () => {
  const quoting = `${JSON.stringify({ type: 'user', timestamp: '2026-11-10T10:00:00Z', message: { role: 'user', content: '"usage":{"input_tokens":9,"output_tokens":9}' } })}\n`;
  const torn = answer({ id: 'torn', output: 9 }).slice(0, -20);
  const files = {
    'a.jsonl': quoting + answer({ id: 'a', output: 3 }),
    'b.jsonl': answer({ id: 'b', output: 4 }) + quoting + torn,
    'c.jsonl': quoting,
  };
  const { read, total } = await project(files);
  expect(await read()).toMatchObject({
    accepted: 2,
    skipped: 3,
    quarantined: 1,
    quarantinedRows: [{ file: 'b.jsonl', line: 3 }],
  });
  expect(await total()).toEqual(['2', '150', '7']);
});

it('reads lines that end as on Windows, blank ones, and one of more than 16 MB', async () => {
  const long = `${JSON.stringify({ type: 'user', message: { content: 'x'.repeat(17_000_000) } })}\n`;
  const unix = answer({ id: 'a', output: 3 }) + talk + answer({ id: 'b', output: 4 });
  const windows = `\r\n${unix.replaceAll('\n', '\r\n')}  \r\n\n`;
  for (const [text, skipped] of [
    [windows, 1],
    [long + windows, 2],
  ] as const) {
    const { read, total } = await project({
      'a.jsonl': text,
      'b.jsonl': answer({ id: 'b', output: 5 }),
    });
    expect(await read()).toMatchObject({ accepted: 2, duplicate: 1, skipped, quarantined: 0 });
    expect(await total()).toEqual(['2', '150', '8']);
  }
});

it('takes a count by its whole grammar, beside others and alone', async () => {
  const good = ['7', '"7"', '"007"', '4294967295', '4294967296', '999999999999999'];
  const bad = ['7.0', '7.5', '1e2', '-7', 'true', '[]', '"1e2"', '"1_0"', '"+7"', '" 7"', '"0x7"'];
  const line = (id: string, count: string) =>
    answer({ id, output: 1 }).replace('"output_tokens":1', `"output_tokens":${count}`);
  const lines = [...good, ...bad].map((count, at) => line(`m-${at}`, count));
  const { read, total } = await project({ 'a.jsonl': lines.join('') });
  expect(await read()).toMatchObject({ accepted: good.length, quarantined: bad.length });
  const sum = 7 * 3 + 4_294_967_295 + 4_294_967_296 + 999_999_999_999_999;
  expect((await total()).at(-1)).toBe(String(sum));
  const alone = await project({ 'a.jsonl': good.map((count) => line(count, count)).join('') });
  expect(await alone.read()).toMatchObject({ accepted: good.length, quarantined: 0 });
  expect((await alone.total()).at(-1)).toBe(String(sum));
});

it('refuses a key where it would be kept, and names the file; elsewhere in a session it is nothing', async () => {
  // As short as a key can be.
  const key = `sk-${'Ab3d'.repeat(4)}`;
  const clean = answer({ id: 'm-1', output: 1, extra: { toolUseResult: key } });
  const { read } = await project({ 'a.jsonl': clean });
  expect(await read()).toMatchObject({ accepted: 1 });
  const { read: readBad } = await project({
    'a.jsonl': clean,
    'b.jsonl': answer({ id: 'm-2', output: 1, request: key }),
  });
  await expect(readBad()).rejects.toMatchObject({ code: 'leak-blocked' });
  await expect(readBad()).rejects.toThrow(/^b\.jsonl: column "requestId"/);
});

it('stores rows alike compressed, whether or not any of them lost against another', async () => {
  const forms = [];
  for (const ids of [
    ['m-1', 'm-2'],
    ['m-1', 'm-1'],
  ]) {
    const { folder, read, store } = await project({
      'a.jsonl': ids.map((id) => answer({ id, output: 1 })).join(''),
    });
    expect(await read()).toMatchObject({ accepted: new Set(ids).size });
    await store.close();
    const files = await readdir(join(folder, 'state/usage/files'));
    expect(files).toHaveLength(1);
    const path = join(folder, 'state/usage/files', files[0] ?? '');
    const connection = await (await DuckDBInstance.create()).connect();
    const answers = await connection.runAndReadAll(
      `SELECT DISTINCT compression FROM parquet_metadata('${path}')`,
    );
    forms.push(answers.getRowObjectsJson());
    connection.closeSync();
  }
  expect(forms).toEqual([[{ compression: 'ZSTD' }], [{ compression: 'ZSTD' }]]);
});

it('reads what is new of a growing session, and an old file only after it was touched', async () => {
  const { folder, read, total } = await project({
    'a.jsonl': answer({ id: 'm-1', output: 1 }),
    'b.jsonl': answer({ id: 'm-2', output: 8 }),
  });
  await read();
  const path = join(folder, 'projects/p/a.jsonl');
  await appendFile(path, answer({ id: 'm-1', output: 6 }) + answer({ id: 'm-3', output: 1 }));
  const grown = await read();
  expect(grown).toMatchObject({ accepted: 2, superseded: 1 });
  expect(grown.inputs).toHaveLength(1);
  expect(await total()).toEqual(['3', '225', '15']);
  const seen = await readFile(join(folder, 'state/usage/seen.json'), 'utf8');
  expect(seen).not.toContain('a.jsonl');
  // Same size, same time of change of content: only the bytes tell, and they are read.
  const text = await readFile(path, 'utf8');
  const before = new Date('2026-11-01T00:00:00Z');
  await utimes(path, before, before);
  await read();
  await writeFile(path, text.replaceAll('"output_tokens":6', '"output_tokens":7'));
  await utimes(path, before, before);
  expect(await read()).toMatchObject({ kind: 'imported', accepted: 1, superseded: 1 });
});

it('takes all others where a session has just begun, and that one when its first line is whole', async () => {
  const begun = answer({ id: 'b', output: 4 });
  const files = { 'a.jsonl': answer({ id: 'a', output: 3 }), 'b.jsonl': begun.slice(0, 40) };
  const { folder, read, total } = await project(files);
  expect(await read()).toMatchObject({
    accepted: 1,
    quarantined: 1,
    quarantinedRows: [{ file: 'b.jsonl', line: 1 }],
  });
  await writeFile(join(folder, 'projects/p/b.jsonl'), begun);
  expect(await read()).toMatchObject({ accepted: 1, quarantined: 0 });
  expect(await total()).toEqual(['2', '150', '7']);
});
