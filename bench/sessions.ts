import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleWorker } from './bundle-worker.ts';
import { type Figure, timeFigure } from './figure.ts';
import { benchBytes } from './rows.ts';
import { generateSessions } from './sessions/generate.ts';
import type { Piece, Told } from './sessions/worker.ts';

const ROUNDS = 3;
const GOAL = 0.25;
const SECOND_GOAL = 0.1;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Measures the import of 1 GB of Claude Code sessions with their sums by day against the native `ccusage daily --json
 * --offline` on the same folder, in turn, each as a process of its own; then a second run with one new file against the first.
 *
 * Once over answers only, as in the reference's own fixtures, and once over sessions that are mostly prompts and tool
 * results: the reference passes those over unread, an import digests every byte. It throws where any sum of any day differs.
 * `CCUSAGE` names the reference's program; without it, it is installed into the bench's own folder. `BENCH_BYTES` makes the
 * folders smaller.
 */
export async function figures(): Promise<readonly Figure[]> {
  const bytes = benchBytes(1_000_000_000);
  const folder = mkdtempSync(join(resolve('bench'), '.sessions-'));
  try {
    const tools = { reference: referenceProgram(folder), worker: await workerOf(folder) };
    return [
      ...measured(folder, { ...tools, bytes, bulk: false }),
      ...measured(folder, { ...tools, bytes, bulk: true }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly reference: string;
  readonly worker: string;
  readonly bytes: number;
  readonly bulk: boolean;
}

function measured(folder: string, { reference, worker, bytes, bulk }: Setting): Figure[] {
  const sessions = join(folder, bulk ? 'bulk' : 'answers');
  const count = generateSessions(sessions, { bytes, first: 1, bulk });
  const times = { theirs: [] as number[], first: [] as number[], second: [] as number[] };
  let fresh = 1_000_000;
  for (let round = 0; round < ROUNDS; round += 1) {
    const state = join(folder, `state-${round}`);
    const theirs = runReference(reference, sessions, folder);
    const first = runWorker(worker, { sessions, state, current: [] });
    compare(first.told, theirs.days);
    generateSessions(sessions, { bytes: 1, first: (fresh += 1), bulk });
    const second = runWorker(worker, { sessions, state, current: first.told.manifests });
    compare(second.told, runReference(reference, sessions, folder).days);
    times.theirs.push(theirs.ms);
    times.first.push(first.ms);
    times.second.push(second.ms);
    rmSync(state, { recursive: true });
  }
  const what = `${(bytes / 1e6).toLocaleString('en-US')} MB in ${count} files, ${bulk ? 'mostly talk' : 'answers only'}`;
  return [
    timeFigure(`sessions: ${what}, ms, against ccusage`, times.first, times.theirs, GOAL),
    timeFigure(
      `sessions: again with one new file, ms, against the first`,
      times.second,
      times.first,
      SECOND_GOAL,
    ),
  ];
}

/** The native program itself: the script before it would count a start of Node for the reference. */
function referenceProgram(folder: string): string {
  const named = process.env['CCUSAGE'];
  if (named !== undefined) return resolve(named);
  const place = join(folder, 'reference');
  mkdirSync(place);
  const native = `@ccusage/ccusage-${process.platform}-${process.arch}`;
  const args = ['install', '--prefix', place, '--no-save', '--no-audit', '--no-fund', native];
  const done = spawnSync('npm', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`Expected npm to install ${native}: ${done.stderr}`);
  const program = join(place, 'node_modules', native, 'bin', 'ccusage');
  chmodSync(program, 0o755);
  return program;
}

type Days = Readonly<Record<string, readonly string[]>>;

function runReference(program: string, sessions: string, home: string): { ms: number; days: Days } {
  const start = performance.now();
  const child = spawnSync(program, ['daily', '--json', '--offline', '--timezone', 'UTC'], {
    encoding: 'utf8',
    maxBuffer: ANSWER_BYTES_MAX,
    env: { ...process.env, HOME: home, CLAUDE_CONFIG_DIR: sessions },
  });
  const ms = performance.now() - start;
  if (child.status !== 0) throw new Error(`ccusage: ${child.error?.message ?? child.stderr}`);
  const { daily } = JSON.parse(child.stdout) as {
    readonly daily: readonly Readonly<Record<string, string | number>>[];
  };
  const days = daily.map((day) => [
    String(day['period'] ?? day['date']),
    ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheCreationTokens'].map((name) =>
      String(day[name]),
    ),
  ]);
  return { ms, days: Object.fromEntries(days) as Days };
}

async function workerOf(folder: string): Promise<string> {
  const worker = join(folder, 'worker.mjs');
  await bundleWorker(join('bench', 'sessions', 'worker.ts'), worker);
  return pathToFileURL(worker).href;
}

function runWorker(worker: string, piece: Piece): { ms: number; told: Told } {
  const script = `import(${JSON.stringify(worker)}).then((worker) => worker.work(${JSON.stringify(piece)}))`;
  const start = performance.now();
  const child = spawnSync(process.execPath, ['-e', script], {
    encoding: 'utf8',
    maxBuffer: ANSWER_BYTES_MAX,
  });
  const ms = performance.now() - start;
  if (child.status !== 0) throw new Error(child.stderr);
  return { ms, told: JSON.parse(child.stdout) as Told };
}

function compare({ days }: Told, theirs: Days): void {
  const dates = [...new Set([...Object.keys(days), ...Object.keys(theirs)])].toSorted();
  if (dates.length === 0) throw new Error('Expected days to compare');
  for (const date of dates) {
    const [ours, reference] = [days[date]?.join(), theirs[date]?.join()];
    if (ours !== reference)
      throw new Error(
        `${date}: expected ${reference ?? 'nothing'} as ccusage says, got ${ours ?? 'nothing'}`,
      );
  }
}
