import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, openConnection } from './connection.ts';
import { fieldSql } from './field-sql.ts';
import { sqlText } from './quote.ts';
import { rawName } from './raw-sql.ts';

let folder: string;
let connection: Connection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'moments-'));
  connection = await openConnection({ files: [], folders: [], spill: join(folder, 'spill') });
});
afterAll(async () => {
  await connection.close();
  await rm(folder, { recursive: true });
});

const GRAMMAR = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z| ?[+-]\d{2}(:?\d{2})?)?$/;
const USUAL = ['2026-07-15T12:34:56Z', '2026-07-15T12:34:56.123Z', '2026-07-15 12:34:56'];
const MARK = fc.oneof(
  fc.constantFrom(...' \t\n\r.:-+/_TZe059'.split('')),
  fc.string({ minLength: 1, maxLength: 1 }).filter((mark) => mark !== '\0'),
);

/** A usual moment with up to four of its marks exchanged. */
const moment = fc
  .tuple(fc.constantFrom(...USUAL), fc.array(fc.tuple(fc.nat({ max: 23 }), MARK), { maxLength: 4 }))
  .map(([usual, changes]) => {
    const marks = usual.split('');
    for (const [at, mark] of changes) if (at < marks.length) marks[at] = mark;
    return marks.join('');
  });

it('takes no moment by its form that its grammar refuses', async () => {
  const value = fieldSql(
    { kind: 'instant', from: 'ts', unit: 'iso' },
    { pass: 'lines', zone: 'UTC', unitRate: undefined },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 400, maxLength: 600 }), async (texts) => {
      const list = texts.map((text) => `(${sqlText(text)})`).join(', ');
      const taken = await connection.rows(
        `SELECT text FROM (SELECT text, ${value} AS moment FROM (SELECT text, text AS ${rawName('ts')} FROM (VALUES ${list}) v(text)))
         WHERE moment IS NOT NULL`,
      );
      expect(taken.map(({ text }) => text).filter((text) => !GRAMMAR.test(text ?? ''))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

it('takes usual moments with their fractions, and refuses days that do not exist', async () => {
  const value = fieldSql(
    { kind: 'instant', from: 'ts', unit: 'iso' },
    { pass: 'lines', zone: 'UTC', unitRate: undefined },
  );
  const read = async (text: string) => {
    const [row] = await connection.rows(
      `SELECT CAST(${value} AS VARCHAR) AS moment FROM (SELECT ${sqlText(text)} AS ${rawName('ts')})`,
    );
    return row?.['moment'];
  };
  expect(await Promise.all(USUAL.map(read))).toEqual([
    '2026-07-15 12:34:56',
    '2026-07-15 12:34:56.123',
    '2026-07-15 12:34:56',
  ]);
  expect(await read('2026-02-30T12:34:56Z')).toBeNull();
  expect(await read('2026-07-15T 2:34:56Z')).toBeNull();
  expect(await read('2026-07-15T12:34:5.Z')).toBeNull();
});
