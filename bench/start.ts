import { spawnSync } from 'node:child_process';
import { execPath } from 'node:process';
import { type Figure, median } from './figure.ts';

const RUNS = 21;
const GOAL = 1.6;

/** Measures `spendproof --help` against a bare `node -e 0`, in turn. */
export function figures(): Promise<readonly Figure[]> {
  const help: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    bare.push(timeOf(['-e', '0']));
    help.push(timeOf(['dist/main.js', '--help']));
  }
  const value = median(help);
  const reference = median(bare);
  const ratio = value / reference;
  return Promise.resolve([
    {
      name: 'start: --help, ms, against node -e 0',
      value: value.toFixed(1),
      reference: reference.toFixed(1),
      ratio: ratio.toFixed(2),
      goal: `<= ${GOAL}`,
      ok: ratio <= GOAL,
    },
  ]);
}

function timeOf(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(execPath, [...args], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}`);
  return Number(process.hrtime.bigint() - start) / 1e6;
}
