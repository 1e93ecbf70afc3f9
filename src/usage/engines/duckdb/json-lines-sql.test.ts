import { join } from 'node:path';
import { mkdtemp, open, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { nodePorts } from '../../../../test/fixtures/usage/node-ports.ts';
import { look } from '../../look.ts';
import { openConnection } from './connection.ts';
import { jsonLinesSql } from './json-lines-sql.ts';
import { sqlPath } from './quote.ts';

async function inFolder<T>(step: (folder: string) => Promise<T>): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'json-lines-')));
  try {
    return await step(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Number and text of every item; a torn line is null. */
async function itemsOf(content: string | Uint8Array) {
  return await inFolder(async (folder) => {
    const path = join(folder, 'rows.jsonl');
    await writeFile(path, content);
    const spill = join(folder, 'spill');
    const connection = await openConnection({ files: [path], folders: [], spill });
    const rows = await connection.rows(
      `SELECT CAST(item_number AS VARCHAR) AS number, CAST(item AS VARCHAR) AS item FROM ${jsonLinesSql(sqlPath(path))} ORDER BY item_number`,
    );
    await connection.close();
    return rows.map(({ number, item }) => [Number(number), item]);
  });
}

it.each([
  ['of Unix', '\n', '\n'],
  ['of Windows', '\r\n', '\r\n'],
  ['of Unix first', '\n', '\r\n'],
  ['of Windows first', '\r\n', '\n'],
])('numbers lines with ends %s, empty ones with them', async (_name, one, other) => {
  const content = `\uFEFF{"a":1}${one}${other}  ${one}{"torn": "x${other}{"b":"\\n,\\"'"}${one}null${other}[2]${one}no JSON`;
  expect(await itemsOf(content)).toEqual([
    [1, '{"a":1}'],
    [4, null],
    [5, '{"b":"\\n,\\"\'"}'],
    [6, 'null'],
    [7, '[2]'],
    [8, null],
  ]);
});

it('keeps the order of a file of many megabytes, which several threads could read', async () => {
  const wanted = Array.from({ length: 60_000 }, (_, index) => index + 1);
  const lines = wanted.map((n) =>
    n % 97 === 0 ? '' : `{"n":${n},"payload":"${'x'.repeat(n % 600)}"}`,
  );
  const found = await itemsOf(`${lines.join('\n')}\n`);
  expect(found.map(([number]) => number)).toEqual(wanted.filter((n) => n % 97 !== 0));
  for (const [number, item] of found) expect(JSON.parse(String(item))).toMatchObject({ n: number });
});

const row = (n: number, payload: string) =>
  JSON.stringify({
    request_id: `r${n}`,
    startTime: '2026-11-09 10:00:00',
    model: 'm',
    spend: 0.5,
    prompt_tokens: 10,
    completion_tokens: 1,
    total_tokens: 11,
    messages: payload,
  });

/** Looks at a file that holds the same row many times. */
async function lookAt(name: string, parts: Iterable<string>) {
  return await inFolder(async (folder) => {
    const path = join(folder, name);
    const file = await open(path, 'w');
    for (const part of parts) await file.write(part);
    await file.close();
    const [result] = await look([path], {}, nodePorts('2026-11-23T09:00:00Z'));
    return result;
  });
}

const PAYLOAD = 'a "word"\n'.repeat(2000);
const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

it('reads a large file in the memory of a few lines, long ones too, and names the torn one', async () => {
  const lines = many(3000).map((n) =>
    n === 2500 ? `${row(n, PAYLOAD).slice(0, 400)}\n` : `${row(n, PAYLOAD)}\n`,
  );
  const result = await lookAt('logs.jsonl', lines);
  expect(result).toMatchObject({ rows: 2999, quarantined: 1 });
  expect(result?.quarantinedRows).toEqual([{ line: 2500, reason: expect.any(String) }]);
});

it('leaves out a line that breaks off inside a letter, and names others past it rightly', async () => {
  const torn = Buffer.concat([Buffer.from(row(4, 'caf').slice(0, 130)), Buffer.from([0xc3])]);
  const parts = [
    `${row(1, 'é')}\n\n`,
    `${row(3, '')}\n`,
    torn,
    `\n${row(5, '')}\n{"torn\n`,
    row(7, ''),
  ];
  const result = await inFolder(async (folder) => {
    const path = join(folder, 'logs.jsonl');
    await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part))));
    const [found] = await look([path], {}, nodePorts('2026-11-23T09:00:00Z'));
    return found;
  });
  expect(result).toMatchObject({ rows: 4, quarantined: 2 });
  expect(result?.quarantinedRows).toEqual([
    { line: 4, reason: 'bad-encoding' },
    { line: 6, reason: expect.any(String) },
  ]);
});

it('knows the lines of a file whose first one is long', async () => {
  const result = await lookAt('logs.jsonl', [`${row(1, PAYLOAD.repeat(20))}\n`, `${row(2, '')}\n`]);
  expect(result?.rows).toBe(2);
});

it('reads an array of many megabytes item by item', async () => {
  const items = many(2000).map((n) => `${n === 1 ? '[' : ','}\n${row(n, PAYLOAD)}`);
  expect(await lookAt('logs.json', [...items, ']'])).toMatchObject({ rows: 2000, quarantined: 0 });
});

it('says of a page that is too large for one piece what to do', async () => {
  const items = many(3000).map((n) => `${n === 1 ? '' : ','}${row(n, PAYLOAD)}`);
  await expect(lookAt('page.json', ['{"data":[', ...items, ']}'])).rejects.toMatchObject({
    code: 'export-unreadable',
    message: expect.stringContaining('page.json has more in one piece'),
    content: { hint: expect.stringContaining('one a line') },
  });
});
