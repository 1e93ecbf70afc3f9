import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reading } from '../../adapters/adapter.ts';
import { recogniseFile } from '../../shape.ts';
import { type Connection, openConnection } from './connection.ts';
import { nameHead, pseudonymSql } from './pseudonyms.ts';
import { rawName, rawSql } from './raw-sql.ts';

const LARGE = 20_000_000;
let folder: string;
let connection: Connection;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'pseudonyms-')));
  connection = await openConnection({ files: [], folders: [folder], spill: join(folder, 'spill') });
});
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

async function readingOf(seats: readonly string[]): Promise<{ path: string; reading: Reading }> {
  const path = join(folder, `seats-${seats.length}.csv`);
  const rows = seats.map((seat, index) => `2026-11-09T10:00:00Z,${index},${seat},1`);
  await writeFile(path, ['ts,id,seat,tokens', ...rows, ''].join('\n'));
  const { reading } = await recogniseFile(connection, path, {
    adapter: 'table',
    mapping: {
      format: { kind: 'csv', delimiter: ',' },
      key: ['id'],
      restatement: 'append',
      columns: { startAt: 'ts', requestRef: 'id', userRef: 'seat' },
      tokens: {
        input: 'tokens',
        output: 'tokens',
        cacheInInput: 'unknown',
        reasoningInOutput: 'unknown',
      },
    },
  });
  return { path, reading };
}

/** Compares every row's pseudonym with the digest of its own name. */
async function compare(path: string, reading: Reading, named: ReadonlySet<string>) {
  const [row] = await connection.rows(
    `SELECT CAST(count(*) AS VARCHAR) AS n, CAST(count(ref) AS VARCHAR) AS known,
       CAST(count(*) FILTER (WHERE ref IS DISTINCT FROM CAST(md5(name) AS UUID)) AS VARCHAR) AS wrong
     FROM (SELECT ${rawName('seat')} AS name, ${pseudonymSql('seat', named)} AS ref FROM (${rawSql(path, reading, 'fast')}))`,
  );
  return row;
}

describe('pseudonyms of a large file', () => {
  it('are the digests of their names, listed or not', async () => {
    const odd = ['"a ""quoted"" name"', 'Zoë', "O'Neil", '', ' blank ', '0'];
    const seats = Array.from({ length: 60_000 }, (_, index) =>
      // The last ten thousand stand behind the head that is read ahead.
      index < 50_000 ? (odd[index % odd.length] ?? '') : `late-${index % 300}`,
    );
    const { path, reading } = await readingOf(seats);
    const named = await nameHead(connection, path, { reading, bytes: LARGE });
    expect([...named]).toEqual(['seat']);
    const [list] = await connection.rows('SELECT CAST(count(*) AS VARCHAR) AS n FROM names');
    expect(list).toEqual({ n: '5' });
    const unsaid = seats.filter((seat) => seat === '').length;
    expect(await compare(path, reading, named)).toEqual({
      n: '60000',
      known: String(60_000 - unsaid),
      wrong: '0',
    });
  });

  it('are not listed where each row has its own, where nobody is named, and in a small file', async () => {
    const own = await readingOf(Array.from({ length: 7000 }, (_, index) => `seat-${index}`));
    const nobody = await readingOf(['', '']);
    for (const [{ path, reading }, bytes] of [
      [own, LARGE],
      [nobody, LARGE],
      [nobody, 1000],
    ] as const) {
      const named = await nameHead(connection, path, { reading, bytes });
      expect(named.size).toBe(0);
      expect(await compare(path, reading, named)).toMatchObject({ wrong: '0' });
    }
  });

  it('leave it to the pass over the file to say what is wrong with it', async () => {
    const { path, reading } = await readingOf(['one', 'two', 'three']);
    await rm(path);
    expect(await nameHead(connection, path, { reading, bytes: LARGE })).toEqual(new Set());
  });
});
