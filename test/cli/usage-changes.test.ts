import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

const PLAN = `version: 1
owner: finops
notify: { file: outbox }
review:
  triggers: [{ event: contract-change }, { event: model-change }, { event: workload-expansion }]
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, request, key, model, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request, keyRef: key, modelRequested: model }
      tokens: { input: in, output: out, cacheInInput: unknown }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
budgets: [{ id: monthly, amount: "1000.00" }]
`;

const DAY_MS = 86_400_000;
const MONDAY = Date.parse('2026-11-23T00:00:00Z');
/** The first day of the week that the review of that Monday covers. */
const COVERED = MONDAY - 7 * DAY_MS;

interface Row {
  readonly key: string;
  readonly model: string;
  readonly usd: string;
}
const USUAL: Row = { key: 'svc-a', model: 'model-a', usd: '0.010' };

/** Five weeks of one request a day; in the covered week what `change` makes of it. */
async function project(change: (row: Row) => Row): Promise<Bench> {
  const bench = await openBench('2026-11-23T08:00:00Z');
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  await mkdir(join(bench.folder, 'exports'));
  const rows = Array.from({ length: 35 }, (_, day) => {
    const at = MONDAY - (35 - day) * DAY_MS;
    const { key, model, usd } = at < COVERED ? USUAL : change(USUAL);
    return `${new Date(at + DAY_MS / 2).toISOString()},r${day},${key},${model},900,100,${usd}`;
  });
  const text = `ts,request,key,model,in,out,usd\n${rows.join('\n')}\n`;
  await writeFile(join(bench.folder, 'exports/log.csv'), text);
  await bench.run('init', '--yes');
  const imported = await bench.run('usage', 'import');
  expect(imported.stderr).not.toContain('error');
  return bench;
}

const causes = async (bench: Bench): Promise<string> =>
  /Run because of: (.*?)\. Next/.exec((await bench.run('review', '--due')).stderr)?.[1] ?? 'none';

describe('a change in usage that nobody has reviewed', () => {
  it.each([
    ['nothing new', (row: Row) => row, 'none'],
    ['a new model', (row: Row) => ({ ...row, model: 'model-b' }), 'model-change'],
    ['a new key', (row: Row) => ({ ...row, key: 'svc-b' }), 'workload-expansion'],
    ['a new price band', (row: Row) => ({ ...row, usd: '0.015' }), 'contract-change'],
  ])('%s: opens a review for it once', async (_, change, expected) => {
    const bench = await project(change);
    expect(await causes(bench)).toBe(expected);
    expect(await causes(bench)).toBe('none');
    // The names are in no record: only a salted code says that this one was seen.
    const log = await bench.run('ledger', 'log', '--json');
    expect(log.stdout).not.toMatch(/model-b|svc-b/);
  });
});

it('explains a row by its amount as the source wrote it, where the number alone does not say it', async () => {
  const bench = await project((row) => ({ ...row, usd: '0.25' }));
  const padded = await bench.run('usage', 'explain', '--ref', 'r3');
  expect(padded.stdout).toContain('r3  charged 0.01, reported as 0.010');
  const plain = await bench.run('usage', 'explain', '--ref', 'r34');
  expect(plain.exit).toBe(0);
  expect(plain.stdout).not.toContain('reported as');
});
