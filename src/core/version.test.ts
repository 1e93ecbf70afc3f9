import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it('is 0.0.0 from source and what the build filled in from a release', async () => {
  expect((await import('./version.ts')).VERSION).toBe('0.0.0');
  vi.resetModules();
  vi.stubGlobal('SPENDPROOF_VERSION', '1.2.3');
  expect((await import('./version.ts')).VERSION).toBe('1.2.3');
});
