import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../core/index.ts';
import { type Connection, engineError, openConnection } from './connection.ts';
import { textAt } from './text-at.ts';

let connection: Connection;
beforeAll(async () => {
  const spill = await realpath(await mkdtemp(join(tmpdir(), 'connection-')));
  connection = await openConnection({ files: [], folders: [], spill });
});
afterAll(async () => {
  await connection.close();
});

describe('an answer', () => {
  it('is made of texts, so that no number is rounded on its way', async () => {
    const sql = `SELECT 'a' AS t, NULL AS n, 42 AS i, true AS b, CAST('9007199254740993' AS BIGINT) AS big`;
    expect(await connection.rows(sql)).toEqual([
      { t: 'a', n: null, i: '42', b: 'true', big: '9007199254740993' },
    ]);
    expect(await connection.rows(`SELECT 'a' AS t, NULL AS n`)).toEqual([{ t: 'a', n: null }]);
  });

  it('of anything but texts, numbers and truths has to be cast', async () => {
    await expect(connection.rows('SELECT [1, 2] AS list')).rejects.toThrow('Cast every column');
  });

  it('has a text where its statement gives one', async () => {
    const [row] = await connection.rows(`SELECT 'a' AS t, NULL AS n`);
    expect(textAt(row, 't')).toBe('a');
    for (const name of ['n', 'none']) expect(() => textAt(row, name)).toThrow(TypeError);
    expect(() => textAt(undefined, 't')).toThrow(TypeError);
  });
});

describe('the error of the engine', () => {
  const bad = (file?: string) =>
    new AppError('export-unreadable', {
      message: 'bad input',
      ...(file !== undefined && { file }),
    });
  const codeOf = (cause: unknown) => engineError(cause, bad()).code;

  it('is the disk’s where the disk is full or may not be written', () => {
    expect(codeOf(new Error('IO Error: No space left on device'))).toBe('disk-full');
    expect(codeOf(new Error('IO Error: Permission denied'))).toBe('file-not-writable');
    expect(codeOf(new Error('IO Error: Read-only file system'))).toBe('file-not-writable');
  });

  it('is that of bad input for everything else, with what to do about one that is too large', () => {
    const input = bad('a.json');
    expect(engineError('no error at all', input)).toBe(input);
    expect(engineError(new Error('Conversion Error'), input)).toBe(input);
    const large = new Error('Out of Memory Error: failed to allocate');
    expect(engineError(large, input)).toMatchObject({ code: 'export-unreadable', cause: large });
    expect(engineError(large, input).message).toMatch(/^a\.json has more in one piece/);
    expect(engineError(large, bad()).message).toMatch(/^A file has more in one piece/);
  });
});
