import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  accept,
  filesBelow,
  makeWorld,
  options,
  ORIGIN,
  type TestWorld,
} from '../../test/fixtures/evidence/world.ts';
import type { Files } from '../core/index.ts';
import { nodeFiles } from './files-node.ts';
import { createLedger, openLedger } from './open-ledger.ts';
import { verifyLedger } from './verify-ledger.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const place = () => ({ folder: world.folder, home: world.home });
const create = () => createLedger({ ...place(), origin: ORIGIN }, world.ports);

/** Breaks the n-th call that changes the disk; `after` lets it take effect first, as a lost answer does. */
function failingFiles(
  breakAt: number,
  code: string,
  after: boolean,
): Files & { calls: () => number } {
  const real = nodeFiles();
  let calls = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    const isBroken = calls === breakAt;
    const failure = Object.assign(new Error(code), { code });
    if (isBroken && !after) throw failure;
    const result = await work();
    if (isBroken) throw failure;
    return result;
  };
  return {
    ...real,
    makeFolder: (folder, mode) => step(() => real.makeFolder(folder, mode)),
    writeNew: (path, data, mode) => step(() => real.writeNew(path, data, mode)),
    link: (from, to) => step(() => real.link(from, to)),
    rename: (from, to) => step(() => real.rename(from, to)),
    remove: (path) => step(() => real.remove(path)),
    syncFolder: (folder) => step(() => real.syncFolder(folder)),
    calls: () => calls,
  };
}

describe('an append that the disk interrupts', { timeout: 1_800_000 }, () => {
  it.each([
    ['ENOSPC', false, 'disk-full'],
    ['ENOSPC', true, 'disk-full'],
    ['EIO', false, 'file-not-writable'],
    ['EIO', true, 'file-not-writable'],
    ['EROFS', false, 'file-not-writable'],
  ])(
    'by %s (done all the same: %s) at any call is whole or absent',
    async (code, after, expected) => {
      await create();
      let acknowledged = 0;
      let broken = 0;
      for (let breakAt = 1; ; breakAt += 1) {
        const files = failingFiles(breakAt, code, after);
        const failing = { ...world.ports, files };
        let failure: unknown;
        try {
          const ledger = await openLedger(place(), failing);
          await ledger.append([accept(breakAt * 2), accept(breakAt * 2 + 1)], options);
          acknowledged = breakAt;
          await ledger.close();
        } catch (error) {
          failure = error;
        }
        const again = await openLedger(place(), world.ports);
        const records = (await again.records({ kind: 'accept' })).map(({ body }) => body.content);
        const wanted = [accept(breakAt * 2).content, accept(breakAt * 2 + 1).content];
        const present = wanted.filter((content) => records.includes(content));
        expect([0, 2]).toContain(present.length);
        if (acknowledged === breakAt) expect(present).toHaveLength(2);
        expect((await verifyLedger(place(), world.ports)).problems).toEqual([]);
        if (failure === undefined) {
          expect(files.calls()).toBeLessThan(breakAt);
          break;
        }
        expect(failure).toMatchObject({ code: expected });
        broken += 1;
      }
      expect(broken).toBeGreaterThan(20);
    },
  );

  it('leaves the ledger closed until it is opened again', async () => {
    await create();
    const files = failingFiles(2, 'EIO', false);
    const ledger = await openLedger(place(), { ...world.ports, files });
    await expect(ledger.append([accept(1)], options)).rejects.toMatchObject({
      code: 'file-not-writable',
    });
    await expect(ledger.append([accept(2)], options)).rejects.toMatchObject({
      code: 'file-not-writable',
    });
    const again = await openLedger(place(), world.ports);
    await again.append([accept(3)], options);
    expect((await verifyLedger(place(), world.ports)).ok).toBe(true);
  });

  it('while the ledger is made can be made again', async () => {
    let broken = 0;
    for (let breakAt = 1; ; breakAt += 1) {
      rmSync(world.folder, { recursive: true, force: true });
      rmSync(world.home, { recursive: true, force: true });
      const failing = { ...world.ports, files: failingFiles(breakAt, 'ENOSPC', false) };
      const failure = await createLedger({ ...place(), origin: ORIGIN }, failing).catch(
        (error: unknown) => error,
      );
      await create();
      expect((await verifyLedger(place(), world.ports)).problems).toEqual([]);
      if (!(failure instanceof Error)) break;
      expect(failure).toMatchObject({ code: 'disk-full' });
      broken += 1;
    }
    expect(broken).toBeGreaterThan(20);
  });

  it('tries again when its temp is taken away before the link', async () => {
    await create();
    const real = nodeFiles();
    let taken = 0;
    const files: Files = {
      ...real,
      link: async (from, to) => {
        if (to.includes('commit') && taken++ === 0) await real.remove(from);
        await real.link(from, to);
      },
    };
    const ledger = await openLedger(place(), { ...world.ports, files });
    expect(await ledger.append([accept(1)], options)).toHaveLength(1);
    expect(taken).toBe(2);
  });
});

describe('several processes', () => {
  it('append at once, are killed at any time, and lose nothing that was acknowledged', async () => {
    await create();
    const folder = mkdtempSync(join(process.cwd(), 'node_modules/.spendproof-test-'));
    const program = join(folder, 'append.mjs');
    await build({
      entryPoints: ['test/fixtures/evidence/append-until-killed.ts'],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'error',
    });
    const acknowledged = new Set<string>();
    let killed = 0;
    let looked = 0;
    try {
      for (let round = 0; round < 3; round += 1) {
        const runs = [0, 1, 2].map((worker) => {
          const from = round * 10_000_000 + worker * 1_000_000;
          // The first worker of each round runs to its end; the others never end, and die after some of their own records.
          const [count, dieAfter] =
            worker === 0
              ? ['20', Number.POSITIVE_INFINITY]
              : ['1000000', 1 + round * 3 + worker * 2];
          return runUntil(program, [world.folder, world.home, String(from), count], dieAfter);
        });
        const ended = new AbortController();
        const running = Promise.all(runs).finally(() => {
          ended.abort();
        });
        while (!ended.signal.aborted) {
          // Nobody is in the way of anybody: what is verified or read while others write is whole.
          expect((await verifyLedger(place(), world.ports)).problems).toEqual([]);
          await openLedger(place(), world.ports);
          looked += 1;
        }
        for (const run of await running) {
          for (const ref of run.refs) acknowledged.add(ref);
          if (run.signal === 'SIGKILL') killed += 1;
          else expect([run.code, run.stderr]).toEqual([0, '']);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(killed).toBe(6);
    expect(looked).toBeGreaterThan(2);
    expect(acknowledged.size).toBeGreaterThan(60);
    const ledger = await openLedger(place(), world.ports);
    const present = new Set((await ledger.records()).map(({ ref }) => ref as string));
    expect([...acknowledged].filter((ref) => !present.has(ref))).toEqual([]);
    expect((await verifyLedger(place(), world.ports)).problems).toEqual([]);
    expect(filesBelow(join(world.folder, '.state/commit')).length).toBeGreaterThanOrEqual(60);
  });
});

interface Run {
  readonly refs: readonly string[];
  readonly code: number | null;
  readonly signal: string | null;
  readonly stderr: string;
}

function runUntil(program: string, args: readonly string[], dieAfter: number): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args]);
    let out = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      if (out.split('\n').length > dieAfter) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const refs = out.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
      resolve({ refs, code, signal, stderr });
    });
  });
}
