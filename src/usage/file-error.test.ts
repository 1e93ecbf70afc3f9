import { describe, expect, it } from 'vitest';
import { AppError } from '../core/index.ts';
import { openError } from './file-error.ts';
import { writing } from './store-files.ts';

const system = (code: string) => Object.assign(new Error(`${code}: refused`), { code });

describe('a file that cannot be opened', () => {
  it.each([
    ['ENOENT', 'file-missing', 'There is no file a.csv'],
    ['ENOTDIR', 'file-missing', 'There is no file a.csv'],
    ['EISDIR', 'export-unreadable', 'a.csv is a folder'],
    ['EACCES', 'export-unreadable', 'a.csv cannot be read by this user'],
  ])('is named, %s as %s', (code, expected, message) => {
    expect(openError(system(code), 'a.csv')).toMatchObject({ code: expected, message });
  });

  it('names the path that was tried, where the system says it', () => {
    const error = Object.assign(system('ENOENT'), { path: '/exports/a.csv' });
    const message = 'There is no file /exports/a.csv';
    expect(openError(error, 'a.csv')).toMatchObject({ content: { message } });
  });

  it('keeps any other error as it is', () => {
    for (const error of [system('EMFILE'), new Error('other'), 'no error']) {
      expect(openError(error, 'a.csv')).toBe(error);
    }
  });
});

describe('a step that writes', () => {
  const failing = async (error: unknown) =>
    await writing(() => {
      throw error;
    }).catch((thrown: unknown) => thrown);

  it.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'file-not-writable'],
    ['EROFS', 'file-not-writable'],
    ['EPERM', 'file-not-writable'],
  ])('that ends with %s says %s', async (code, expected) => {
    const found = await failing(system(code));
    expect(found).toBeInstanceOf(AppError);
    expect(found).toMatchObject({ code: expected, cause: { code } });
  });

  it('keeps any other error as it is', async () => {
    const error = new Error('other');
    expect(await failing(error)).toBe(error);
  });
});
