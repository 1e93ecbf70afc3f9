import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: 'test/temp-folder.ts',
    // The machines are small, shared and at times twenty times as slow; a test that hangs must still end.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    teardownTimeout: 600_000,
    // By default one of two cores would stand idle.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // `testing.ts` is what the tests of a folder share.
      exclude: ['src/**/*.test.ts', 'src/**/testing.ts', 'src/**/index.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 95, statements: 95, functions: 95, branches: 92 },
    },
  },
});
