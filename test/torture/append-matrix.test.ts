import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendMatrix } from './append-matrix.ts';
import { bundle } from './bundle.ts';
import { whyNotTraceable } from './strace.ts';

const reason = whyNotTraceable();
const title = reason === undefined ? '' : ` (skipped: ${reason})`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spendproof-torture-program-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(reason !== undefined)(`an append, interrupted at system calls${title}`, () => {
  // `npm run torture` tries every call with every fault, and imports too.
  it('keeps what it acknowledged, and leaves the rest absent or whole', async () => {
    const program = join(folder, 'append-records.mjs');
    await bundle('test/torture/append-records.ts', program);
    const { points, runs, hit, broken } = await appendMatrix(program, 13);
    expect(broken).toEqual([]);
    expect(points).toBeGreaterThan(60);
    expect([runs > 12, hit / runs > 0.9]).toEqual([true, true]);
  }, 3_600_000);
});
