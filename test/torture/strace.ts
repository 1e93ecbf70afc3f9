import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every call by which a file or a name comes to the disk; the second names are those of other C libraries. */
export const SYSCALLS = [
  'openat',
  'write',
  'pwrite64',
  'writev',
  'fsync',
  'fdatasync',
  'link',
  'linkat',
  'rename',
  'renameat',
  'renameat2',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
  'ftruncate',
] as const;

/** What goes wrong at a call: the process dies before it, or it fails. */
export const FAULTS = ['signal=KILL', 'error=EIO', 'error=ENOSPC'] as const;

/** One call on the watched paths. */
export interface CallPoint {
  readonly syscall: string;
  /** The how-manieth of its name, from 1. */
  readonly occurrence: number;
}

/** How a program ended under strace. */
export interface Traced {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The lines that strace wrote. */
  readonly trace: string;
}

// One thread for files, so that calls come in the same order each time; no io_uring, which strace cannot see.
const ENV = { UV_THREADPOOL_SIZE: '1', UV_USE_IO_URING: '0' };

/** Tells whether this machine lets a process be traced and tampered with; else why not. */
export function whyNotTraceable(): string | undefined {
  const probe = spawnSync(
    'strace',
    ['-f', '-o', '/dev/null', '-e', 'inject=mkdir:error=EIO:when=99', 'true'],
    { encoding: 'utf8' },
  );
  if (probe.error !== undefined) return 'strace is not installed';
  return probe.status === 0 ? undefined : `strace may not trace here: ${probe.stderr.slice(0, 80)}`;
}

/** Runs a program under strace with these options. */
export function traced(
  options: readonly string[],
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Traced {
  const folder = mkdtempSync(join(tmpdir(), 'spendproof-strace-'));
  const log = join(folder, 'log');
  try {
    const ended = spawnSync('strace', ['-f', '-y', '-o', log, ...options, ...argv], {
      encoding: 'utf8',
      timeout: 1_200_000,
      env: { ...process.env, ...ENV, ...env },
    });
    const { status, signal, stdout, stderr } = ended;
    return { status, signal, stdout, stderr, trace: readFileSync(log, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lists the calls of a trace that touch a file below one of the folders, and the paths that they touch. */
export function callsBelow(
  trace: string,
  folders: readonly string[],
): { readonly points: readonly CallPoint[]; readonly paths: readonly string[] } {
  const counts = new Map<string, number>();
  const paths = new Set<string>();
  for (const line of trace.split('\n')) {
    const syscall = /^\d+ +([a-z0-9_]+)\(/.exec(line)?.[1];
    if (syscall === undefined) continue;
    const touched = [...line.matchAll(/["<](\/[^">]*)[">]/g)]
      .map((match) => match[1] ?? '')
      .filter((path) => folders.some((folder) => path.startsWith(folder)));
    if (touched.length === 0) continue;
    for (const path of touched) paths.add(path);
    counts.set(syscall, (counts.get(syscall) ?? 0) + 1);
  }
  const points = [...counts].flatMap(([syscall, count]) =>
    Array.from({ length: count }, (_, index) => ({ syscall, occurrence: index + 1 })),
  );
  return { points, paths: [...paths] };
}

/** Says how to aim a fault at one call on the watched paths. */
export const aimAt = (
  { syscall, occurrence }: CallPoint,
  fault: string,
  paths: readonly string[],
): readonly string[] => [
  ...paths.flatMap((path) => ['-P', path]),
  '-e',
  `trace=${syscall}`,
  '-e',
  `inject=${syscall}:${fault}:when=${occurrence}`,
];
