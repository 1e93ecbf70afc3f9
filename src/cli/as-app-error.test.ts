import { expect, it } from 'vitest';
import { asAppError } from './as-app-error.ts';

const system = (code: string, path?: string): Error =>
  Object.assign(new Error('x'), { code, syscall: 'open', ...(path === undefined ? {} : { path }) });

it.each([
  ['EACCES', true, 'file-not-readable'],
  ['EACCES', false, 'file-not-writable'],
  ['EROFS', false, 'file-not-writable'],
  ['ENOSPC', false, 'disk-full'],
  ['EIO', false, 'internal'],
])('names what the system refused: %s where reading is barred: %s', (code, isBarred, named) => {
  const error = asAppError(system(code, '/a/log.key'), undefined, () => isBarred);
  expect(error.code).toBe(named);
  if (named.startsWith('file-')) expect(error.message).toContain('/a/log.key');
});

it('takes a refusal without a path for one of writing', () => {
  expect(asAppError(system('EACCES'), undefined, () => true).code).toBe('file-not-writable');
});
