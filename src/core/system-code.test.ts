import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { systemCode } from './system-code.ts';

it('gives the code of an error of the system, and none of any other', async () => {
  const absent: unknown = await readFile('/none/of/these').catch((error: unknown) => error);
  expect(systemCode(absent)).toBe('ENOENT');
  expect(systemCode(new TypeError('Expected a list'))).toBeUndefined();
  expect(systemCode('ENOENT')).toBeUndefined();
});
