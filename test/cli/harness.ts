import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Instant, instantFromMs, instantMs, type Ports } from '../../src/core/index.ts';
import { buildPorts } from '../../src/cli/ports.ts';
import { run } from '../../src/cli/program.ts';

/** What a command line wrote and how it ended. */
export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project folder of its own, with a clock that stands still until it is moved. */
export interface Bench {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;
  /** Moves the clock. */
  readonly at: (instant: string) => void;
  readonly run: (...argv: readonly string[]) => Promise<Ended>;
  /** The world that the command lines run in, for tests that open the project themselves. */
  readonly ports: () => Ports;
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Makes a bench whose command lines run in this process: the real rooms, a fixed clock, keys in a folder of its own. */
export async function openBench(start = '2026-11-23T08:00:00Z'): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'spendproof-cli-'));
  folders.push(folder);
  let now = start as Instant;
  let count = 0;
  const env: Record<string, string | undefined> = {
    SPENDPROOF_HOME: join(folder, '..', `${folder.split('/').at(-1)}-home`),
    NO_COLOR: '1',
    // What a page shows may not depend on whether this machine has a browser.
    SPENDPROOF_CHROMIUM: join(folder, 'no-browser'),
  };
  folders.push(env['SPENDPROOF_HOME'] ?? '');
  const ports: Partial<Ports> = {
    clock: { now: () => now, ms: () => instantMs(now) },
    // Ids need to differ, not to be secret: a count makes golden output stable.
    random: {
      bytes: (size) => Uint8Array.from({ length: size }, () => (count = (count * 31 + 7) % 251)),
    },
  };
  return {
    folder,
    env,
    at: (instant) => {
      now = instantFromMs(Date.parse(instant));
    },
    run: async (...argv) => await runIn(folder, env, ports, argv),
    ports: () => ({
      ...buildPorts({ cwd: folder, env, stdout: mute, stderr: mute }, true),
      ...ports,
    }),
  };
}

const mute = { write: () => {}, isTerminal: false, width: undefined };

async function runIn(
  cwd: string,
  env: Bench['env'],
  ports: Partial<Ports>,
  argv: readonly string[],
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal: false,
    width: undefined,
  });
  const exit = await run(argv, {
    cwd,
    env,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    ports,
  });
  return { exit, ...written };
}

/** Compares a text with a file of the repository; `UPDATE_GOLDEN=1` writes it, for a person to read before committing. */
export async function expectGolden(path: string, text: string): Promise<void> {
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, text);
  expect(text).toBe(await readFile(path, 'utf8'));
}
