import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, openConnection } from './connection.ts';
import { jsonPath, sqlName, sqlPath, sqlText } from './quote.ts';

let connection: Connection;
beforeAll(async () => {
  connection = await openConnection({
    files: [],
    folders: [],
    spill: await mkdtemp(join(tmpdir(), 'quote-')),
  });
});
afterAll(async () => {
  await connection.close();
});

const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((one) => !one.includes('\0'));

test.prop([text], { numRuns: 60 })('any text comes back from the engine as it was', async (one) => {
  const [row] = await connection.rows(`SELECT ${sqlText(one)} AS value`);
  expect(row?.['value']).toBe(one);
});

test.prop([text.filter((one) => one !== '')], { numRuns: 60 })(
  'any name is one identifier, and no statement',
  async (name) => {
    const rows = await connection.rows(
      `SELECT ${sqlName(name)} AS value FROM (SELECT '1' AS ${sqlName(name)})`,
    );
    expect(rows).toEqual([{ value: '1' }]);
  },
);

test.prop([text.filter((one) => one !== '')], { numRuns: 60 })(
  'any member of a JSON object is reached by its path',
  async (name) => {
    const json = JSON.stringify({ [name]: 'here' });
    const [row] = await connection.rows(
      `SELECT CAST(${sqlText(json)} AS JSON) ->> ${sqlText(jsonPath([name]))} AS value`,
    );
    expect(row?.['value']).toBe('here');
  },
);

it('refuses a NUL in a text and in a name', () => {
  expect(() => sqlText('a\0b')).toThrow(RangeError);
  expect(() => sqlName('a\0b')).toThrow(RangeError);
});

it('takes the marks of a pattern in a path as they are', () => {
  expect(sqlPath('/a/[1]*?.csv')).toBe("'/a/[[]1][*][?].csv'");
});

it('reaches no file beyond the named ones', async () => {
  await expect(connection.rows("SELECT count(*) FROM read_text('/etc/hostname')")).rejects.toThrow(
    'disabled by configuration',
  );
  await expect(connection.run('SET enable_external_access = true')).rejects.toThrow();
  await expect(connection.run('INSTALL httpfs')).rejects.toThrow();
});
