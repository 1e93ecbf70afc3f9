import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests of a run one folder for their temporary files, and removes it with whatever they left there. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'spendproof-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
