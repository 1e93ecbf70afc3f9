import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { type Figure, median } from './figure.ts';

const MANY = 1_000_000;
const FEW = 10;
const RUNS = 5;
const GOAL_SECONDS = 1.5;

/** Measures a review over 1,000,000 stored rows against one over 10 rows, in turn; the import is not in it. */
export async function figures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spendproof-bench-'));
  try {
    const projects = [
      makeProject(join(folder, 'many'), MANY),
      makeProject(join(folder, 'few'), FEW),
    ] as const;
    const seconds: [number[], number[]] = [[], []];
    for (let run = 0; run < RUNS; run += 1) {
      for (const side of [0, 1] as const) seconds[side].push(timeReview(projects[side]));
    }
    const [many, few] = [median(seconds[0]), median(seconds[1])];
    return await Promise.resolve([
      {
        name: 'review: seconds over 1,000,000 stored rows, against 10 rows',
        value: many.toFixed(2),
        reference: few.toFixed(2),
        ratio: (many / few).toFixed(2),
        goal: `< ${GOAL_SECONDS} s more`,
        ok: many - few < GOAL_SECONDS,
      },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeProject(folder: string, rows: number): string {
  mkdirSync(join(folder, 'exports'), { recursive: true });
  writeFileSync(join(folder, 'spendproof.yaml'), PLAN);
  writeFileSync(join(folder, 'exports', 'rows.csv'), csv(rows));
  spendproof(folder, ['init']);
  spendproof(folder, ['usage', 'import']);
  return folder;
}

function timeReview(folder: string): number {
  const start = process.hrtime.bigint();
  spendproof(folder, ['review', '--as-of', '2026-11-23T08:00:00Z']);
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function spendproof(folder: string, args: readonly string[]): void {
  const env = { ...process.env, SPENDPROOF_HOME: join(folder, '..', 'home') };
  const { status, stderr } = spawnSync(execPath, [resolve('dist/main.js'), ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`spendproof ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
}

/** Fourteen whole days that end with the covered week, so that every review can judge. */
function csv(rows: number): string {
  const lines = ['ts,request,model,in,out,total,usd'];
  const start = Date.parse('2026-11-02T00:00:00Z');
  const step = (21 * 86_400_000) / Math.max(rows, 21);
  for (let index = 0; index < Math.max(rows, 21); index += 1) {
    const time = new Date(start + index * step).toISOString().slice(0, 19);
    lines.push(
      `${time}Z,r-${index},m-${index % 7},${100 + (index % 50)},${10 + (index % 9)},${110 + (index % 50) + (index % 9)},0.000${100 + (index % 800)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

const PLAN = `version: 1
timezone: UTC
owner: finops
notify: { file: outbox }
exports:
  - id: app
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, model, in, out, total, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, modelRequested: model }
      tokens: { input: in, output: out, total: total }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
metrics: [cost-per-1k-requests, cost-per-1m-tokens]
budgets:
  - { id: monthly, amount: "100000000.00", at: [0.5, 0.8, 1.0] }
`;
