import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

const HEAD = 'ts,request,key,model,in,out,usd';

/** Two weeks of calls by two services and a gateway that both use; the second week is dearer per call. */
function appRows(): string {
  const lines = [HEAD];
  for (let day = 0; day < 14; day += 1) {
    const date = new Date(Date.UTC(2026, 10, 9 + day)).toISOString().slice(0, 10);
    const late = day >= 7;
    for (let call = 0; call < 4; call += 1) {
      const key = call === 3 ? 'svc-gateway' : call === 2 ? 'svc-search' : 'svc-bot';
      const model = call === 2 ? 'model-large' : 'model-small';
      const usd = call === 2 ? (late ? '0.60' : '0.50') : '0.10';
      lines.push(`${date}T1${call}:00:00Z,r-${day}-${call},${key},${model},100,10,${usd}`);
    }
    if (day === 13) lines.push(`${date}T20:00:00Z,r-odd,svc-new,model-small,100,10,0.07`);
  }
  return `${lines.join('\n')}\n`;
}

/** The provider's bill: cents a day, and one day short of a call. */
function billRows(lost: string | undefined): string {
  const lines = ['BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd'];
  for (let day = 0; day < 14; day += 1) {
    const date = (at: number) => new Date(Date.UTC(2026, 10, 9 + at)).toISOString().slice(0, 10);
    const cents = (day >= 7 ? 90 : 80) + (day === 13 ? 7 : 0) - (date(day) === lost ? 50 : 0);
    lines.push(`0.${cents},USD,Usage,${date(day)} 00:00:00,${date(day + 1)} 00:00:00`);
  }
  return `${lines.join('\n')}\n`;
}

const PLAN = `version: 1
timezone: UTC
owner: finops
owners: [{ id: finops }, { id: web }, { id: ops }]
providers: [{ id: p, host: api.example.com }]
assumptions:
  - { id: bill-is-whole, cites: [] }
exports:
  - id: app
    adapter: table
    path: exports/app*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [${HEAD}] }
      key: [request]
      columns: { startAt: ts, requestRef: request, keyRef: key, modelRequested: model }
      tokens: { input: in, output: out }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
  - { id: bill, adapter: focus, path: exports/bill*.csv, zone: UTC, approved: { by: finops, date: 2026-11-01, for: [reconcile] } }
reconcile:
  - { id: one-bill, of: [app, bill], by: [day], onDisagreement: bill-is-whole }
workloads: [bot, search]
allocation:
  rules:
    - { when: { key: [svc-bot] }, workload: bot, owner: ops }
    - { when: { key: [svc-search] }, workload: search, owner: web }
    - { when: { key: [svc-gone] }, workload: search }
  shared:
    - { id: gateway, when: { key: [svc-gateway] }, split: { method: proportional, to: [bot, search], by: requests } }
metrics:
  - id: cost-per-request
    denominator: { count: requests }
    compare: { tolerance: 0.05, minChange: "0.50" }
  - { id: cost-per-seat, kind: business, denominator: { series: seats } }
series:
  - { id: seats, path: "seats*.csv", stock: average, approved: { by: finops, date: 2026-11-01 } }
budgets:
  - { id: bot-week, amount: "2.00", scope: { workload: [bot] }, period: { every: week }, at: [1.0] }
`;

let bench: Bench;

beforeAll(async () => {
  bench = await openBench('2026-11-23T08:00:00Z');
  await mkdir(join(bench.folder, 'exports'), { recursive: true });
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  await writeFile(join(bench.folder, 'exports', 'app.csv'), appRows());
  await writeFile(join(bench.folder, 'exports', 'bill.csv'), billRows(undefined));
  const seats = ['date,amount'];
  for (let day = 9; day <= 22; day += 1) {
    if (day !== 18) seats.push(`2026-11-${String(day).padStart(2, '0')},${day < 16 ? 10 : 12}`);
  }
  await writeFile(join(bench.folder, 'seats.csv'), `${seats.join('\n')}\n`);
  expect((await bench.run('init')).exit).toBe(0);
});

// One story in order: what a FinOps analyst does with a week.
describe('what a week means', () => {
  it('ends with a review that is reconciled with an invoice, over a series, with effects on the agenda', async () => {
    const { stdout, stderr } = await bench.run('review');
    expect(stderr).not.toContain('gap');
    expect(stdout).toContain('reconciled with an invoice on 2026-11-23');
    // The last call of the log is at 20:00: its last day may still fill up.
    expect(stdout).toContain('bill against app: 6 of 7 days, 0 beyond tolerance');
    expect(stdout).toContain('a unit metric moved more than the plan tolerates');
    expect(stdout).toContain('the cost changed by USD 0.77 = volume');
    // 6.37 over the six known days, each with 12 seats.
    expect(stdout).toMatch(/cost-per-seat {2}USD 0\.53\d+ per unit/);
    expect(stdout).toContain('2026-11-18');
    expect(stdout).not.toContain('part:invoice');
    // Two of three direct calls a day are the bot's: 7 × (0.20 + 0.10 × 2 ÷ 3).
    expect(stdout).toContain('USD 1.866667');
  });

  it('keeps the series by digest and records once that it was read', async () => {
    await bench.run('review');
    const { stdout } = await bench.run('ledger', 'log', '--json');
    expect(stdout.match(/"series"/g)?.length).toBe(1);
    expect(stdout).toContain('"reconcile"');
    const inputs = await readdir(join(bench.folder, '.spendproof', 'inputs'));
    expect(
      inputs.filter((name) => /\.(br|gz)$/.test(name) && !name.endsWith('.json.gz')),
    ).toHaveLength(3);
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
  });

  it('allocates everything, and shows what nobody has', async () => {
    const { exit, stdout, stderr } = await bench.run('allocate');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/bot\s+ops\s+≈? ?USD 1\.866667\s+29\.\d %\s+14/);
    expect(stdout).toMatch(/search\s+web\s+≈? ?USD 4\.433333/);
    expect(stdout).toMatch(/unallocated\/unknown-key\s+finops\s+USD 0\.07/);
    expect(stdout).toMatch(/total\s+USD 6\.37\s+100 %\s+29/);
    expect(stderr).toContain('rule 3 took no row');
  });

  it('adds up in JSON to the last decimal', async () => {
    const { stdout } = await bench.run('allocate', '--json');
    const { data } = JSON.parse(stdout) as {
      data: {
        allocation: { rows: { measures: { chargedCost: { value: string } } }[] };
        unused: string[];
      };
    };
    const atto = (text: string) => {
      const [whole = '', fraction = ''] = text.split('.');
      return BigInt(whole + fraction.padEnd(18, '0'));
    };
    const sum = data.allocation.rows.reduce(
      (total, { measures }) => total + atto(measures.chargedCost.value),
      0n,
    );
    expect(sum).toBe(atto('6.37'));
    expect(data.unused).toEqual(['rule 3']);
  });

  it('lists what is unallocated with what the export says of it', async () => {
    const { stdout } = await bench.run('allocate', 'unallocated');
    expect(stdout).toMatch(/unallocated\/unknown-key\s+app\s+svc-new/);
    const whole = await bench.run(
      'allocate',
      'unallocated',
      '--from',
      '2026-11-09',
      '--until',
      '2026-11-16',
    );
    expect(whole.stdout).toContain('All cost has a workload.');
  });

  it('explains a row by its reference and by what it says', async () => {
    const { exit, stdout } = await bench.run('allocate', 'explain', 'r-13-2');
    expect(exit).toBe(0);
    expect(stdout).toContain('decided   rule 2');
    expect(stdout).toContain('rule 1: key is svc-search, not svc-bot');
    const shared = await bench.run('allocate', 'explain', 'key=svc-gateway,date=2026-11-20');
    expect(shared.stdout).toContain('split proportional by requests to bot, search');
    const odd = await bench.run('allocate', 'explain', 'key=svc-new');
    expect(odd.stdout).toContain('unallocated/unknown-key');
    expect((await bench.run('allocate', 'explain', 'nobody')).exit).toBe(5);
    expect((await bench.run('allocate', 'explain', 'colour=red')).exit).toBe(2);
    expect((await bench.run('allocate', 'explain', 'key=a,export=none')).exit).toBe(2);
  });

  it('splits a change into effects that add up, by model', async () => {
    const { exit, stdout } = await bench.run(
      'metrics',
      'cost-per-request',
      '--compare',
      'prev',
      '--by',
      'model',
    );
    expect(exit).toBe(0);
    expect(stdout).toMatch(/model-large\s+USD 0\.70/);
    expect(stdout).toMatch(/total\s+USD 0\.77/);
    const json = await bench.run('metrics', '--compare', 'prev', '--json');
    expect(json.stdout).toContain('"volume"');
    const seat = await bench.run('metrics', 'cost-per-seat', '--compare', 'prev');
    expect(seat.stdout).toContain('nothing splits its change');
    expect(seat.stderr).toContain('no amount for 2026-11-18');
    expect((await bench.run('metrics', '--compare', 'year')).exit).toBe(2);
    expect((await bench.run('metrics', '--compare', 'prev', '--by', 'colour')).exit).toBe(2);
    const early = await bench.run(
      'metrics',
      'cost-per-request',
      '--compare',
      'prev',
      '--as-of',
      '2026-11-16',
    );
    expect(early.stdout).toContain('the change is not split by model');
  });

  it('reconciles on demand, and records nothing', async () => {
    const before = await bench.run('ledger', 'log', '--json');
    const { exit, stdout } = await bench.run('reconcile');
    expect(exit).toBe(0);
    expect(stdout).toContain('one-bill  pass');
    expect(stdout).toContain('gives what an invoice bills');
    expect((await bench.run('ledger', 'log', '--json')).stdout).toBe(before.stdout);
    expect((await bench.run('reconcile', 'no-bill')).exit).toBe(2);
    expect((await bench.run('reconcile', '--from', '2026-11-16')).exit).toBe(2);
    const future = await bench.run('reconcile', '--from', '2026-12-01', '--until', '2026-12-08');
    expect(future.exit).toBe(5);
  });

  it('holds the assumption that the plan names when the views disagree, withholds the pass, and computes all the same', async () => {
    const other = await openBench('2026-11-23T08:00:00Z');
    await mkdir(join(other.folder, 'exports'), { recursive: true });
    const files = [
      ['spendproof.yaml', PLAN],
      ['exports/app.csv', appRows()],
      ['exports/bill.csv', billRows('2026-11-17')],
      ['seats.csv', await readFile(join(bench.folder, 'seats.csv'), 'utf8')],
    ] as const;
    for (const [name, text] of files) await writeFile(join(other.folder, name), text);
    await other.run('init');
    const { exit, stdout } = await other.run('review');
    expect(exit).toBe(6);
    expect(stdout).toContain('PAUSED');
    expect(stdout).toContain('two views of one bill differ beyond tolerance');
    expect(stdout).toContain('cost differs by USD -0.50');
    expect(stdout).toContain('bill-is-whole since 2026-11-23');
    expect(stdout).toContain('never reconciled with an invoice');
    const again = await other.run('reconcile', '--json');
    expect(again.exit).toBe(3);
    expect(again.stdout).toContain('"2026-11-17"');
    const resumed = await other.run('resume', 'bill-is-whole', '--because', 'provider-confirmed');
    expect(resumed.exit).toBe(0);
  });

  it('tells once that a newer export does not tell all rows of a day that was told before', async () => {
    const other = await openBench('2026-11-23T08:00:00Z');
    await mkdir(join(other.folder, 'exports'), { recursive: true });
    const bill = billRows(undefined);
    const files = [
      ['spendproof.yaml', PLAN],
      ['exports/app.csv', appRows()],
      [
        'exports/bill-1.csv',
        bill.replace(/^0.90,/m, '0.30,USD,Usage,2026-11-16 00:00:00,2026-11-17 00:00:00\n0.60,'),
      ],
      ['seats.csv', await readFile(join(bench.folder, 'seats.csv'), 'utf8')],
    ] as const;
    for (const [name, text] of files) await writeFile(join(other.folder, name), text);
    await other.run('init');
    expect((await other.run('review')).exit).toBe(0);
    await writeFile(join(other.folder, 'exports/bill-2.csv'), bill);
    expect((await other.run('usage', 'import')).stdout).toContain('2026-11-16');
    const { exit, stdout } = await other.run('review', '--trigger', 'prompt-change', '--ref', 'a');
    expect([exit, stdout]).toEqual([5, expect.stringContaining('does not tell all rows of a day')]);
    expect((await other.run('review', '--trigger', 'prompt-change', '--ref', 'b')).exit).toBe(0);
  });

  it('is inconclusive over a series that cannot be read, and stores nothing of one that holds a key', async () => {
    await writeFile(join(bench.folder, 'seats-2.csv'), 'date,amount\n2026-11-20,many\n');
    const { stdout } = await bench.run('review');
    expect(stdout).toMatch(/cost-per-seat {2}unknown {2}inconclusive/);
    const bad = await bench.run('metrics', 'cost-per-seat');
    expect(bad.exit).toBe(5);
    expect(bad.stderr).toContain('line 2');
    const key = ['sk', 'proj', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('-');
    await writeFile(join(bench.folder, 'seats-2.csv'), `date,amount,label\n2026-11-20,1,${key}\n`);
    expect((await bench.run('metrics', 'cost-per-seat')).exit).toBe(7);
  });
});
