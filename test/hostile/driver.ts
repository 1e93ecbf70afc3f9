import { existsSync } from 'node:fs';
import { loadPlaywright, type Playwright } from '../../src/verify/documents/playwright.ts';

/** Loads the browser's driver for tests: the optional package, or the file that `SPENDPROOF_TEST_PLAYWRIGHT` names. */
export const loadDriver = async (): Promise<Playwright | undefined> =>
  await loadPlaywright(process.env['SPENDPROOF_TEST_PLAYWRIGHT'] ?? 'playwright-core');

/** Tells whether a page can be rendered on this machine. */
export const hasBrowser = async (): Promise<boolean> =>
  existsSync('/usr/bin/chromium') && (await loadDriver()) !== undefined;
