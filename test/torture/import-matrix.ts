import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openLedger, verifyLedger } from '../../src/evidence/index.ts';
import { makeWorld } from '../fixtures/evidence/world.ts';
import { cameAbout, type MatrixResult, nameOf } from './append-matrix.ts';
import { aimAt, callsBelow, FAULTS, SYSCALLS, type Traced, traced } from './strace.ts';

const MAIN = resolve('dist/main.js');
const SAME_NAMES = resolve('test/torture/same-names.cjs');
const IMPORT = [process.execPath, '--require', SAME_NAMES, MAIN, 'usage', 'import'];

/**
 * Imports a small export through the real command line under faults, then imports it again without: what was acknowledged
 * is in the ledger, the ledger verifies, and the sums are those of an import that nothing disturbed.
 *
 * @param step 1 tries every call with every fault; n tries every n-th combination.
 */
export async function importMatrix(
  step: number,
  report: (line: string) => void,
): Promise<MatrixResult> {
  const root = mkdtempSync(join(tmpdir(), 'spendproof-torture-import-'));
  const project = join(root, 'project');
  const home = join(root, 'home');
  const env = { SPENDPROOF_HOME: home, NO_COLOR: '1' };
  try {
    makeProject(project, env);
    for (const name of ['project', 'home']) {
      cpSync(join(root, name), join(root, 'kept', name), { recursive: true });
    }
    const run = (options: readonly string[]): Traced => {
      for (const name of ['project', 'home']) {
        rmSync(join(root, name), { recursive: true, force: true });
        cpSync(join(root, 'kept', name), join(root, name), { recursive: true });
      }
      const words = IMPORT.concat('--config', join(project, 'spendproof.yaml'));
      return traced(options, words, env);
    };
    const plain = run(['-e', `trace=${SYSCALLS.join(',')}`]);
    if (plain.status !== 0) throw new Error(`Expected a run without faults, got ${plain.stderr}`);
    const whole = sums(project, env);
    const { points, paths } = callsBelow(plain.trace, [project, home]);
    report(`import: ${points.length} calls on ${paths.length} paths`);
    const broken: string[] = [];
    let [runs, hit, turn] = [0, 0, 0];
    for (const point of points) {
      for (const fault of FAULTS) {
        turn += 1;
        if (turn % step !== 0) continue;
        const ended = run(aimAt(point, fault, paths));
        runs += 1;
        if (cameAbout(ended, fault)) hit += 1;
        const wrong = await judge({ project, home, env, whole }, ended);
        if (wrong === undefined) continue;
        broken.push(`${nameOf(point)} ${fault}: ${wrong}`);
        report(`import BROKEN ${broken.at(-1) ?? ''}`);
      }
    }
    return { points: points.length, runs, hit, broken };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function makeProject(project: string, env: Readonly<Record<string, string>>): void {
  mkdirSync(join(project, 'exports'), { recursive: true });
  cpSync('test/fixtures/plan/ok-small/plan.yaml', join(project, 'spendproof.yaml'));
  cpSync('test/fixtures/cli/quota-two-weeks.json', join(project, 'exports/quota.json'));
  const made = product(project, env, 'key', 'enrol');
  if (made.status !== 0) throw new Error(`Expected a project, got ${made.stderr}`);
  writeFileSync(join(project, '.gitignore'), '.spendproof/\n');
}

function product(
  project: string,
  env: Readonly<Record<string, string>>,
  ...argv: readonly string[]
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, ['--require', SAME_NAMES, MAIN, ...argv], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

const sums = (project: string, env: Readonly<Record<string, string>>): string =>
  product(project, env, 'usage', 'aggregate', '--from', '2026-01-01', '--until', '2027-01-01')
    .stdout;

async function judge(
  of: {
    readonly project: string;
    readonly home: string;
    readonly env: Readonly<Record<string, string>>;
    readonly whole: string;
  },
  ended: Traced,
): Promise<string | undefined> {
  const { ports } = makeWorld();
  const folder = join(of.project, '.spendproof', 'ledger');
  try {
    const ledger = await openLedger({ folder, home: of.home }, ports);
    const imports = await ledger.records({ kind: 'import' });
    if (ended.status === 0 && imports.length === 0) return 'acknowledged, and no record of it';
    if (imports.length > 1) return `${imports.length} records of one import`;
    await ledger.close();
    const { problems } = await verifyLedger({ folder, home: of.home }, ports);
    if (problems[0] !== undefined) return `${problems[0].code}: ${problems[0].message}`;
  } catch (error) {
    return `it does not open again: ${error instanceof Error ? error.message : String(error)}`;
  }
  const again = product(of.project, { ...of.env, TORTURE_DRAW: '2' }, 'usage', 'import');
  if (again.status !== 0) return `importing again ended with ${again.status}: ${again.stderr}`;
  const now = sums(of.project, of.env);
  return now === of.whole ? undefined : `other sums than an import that nothing disturbed: ${now}`;
}
