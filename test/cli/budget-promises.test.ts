import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../src/core/index.ts';
import type { RecordOf, StoredRecord } from '../../src/evidence/index.ts';
import { noticeFromAlert } from '../../src/notify/index.ts';
import { openWorkspace, sendNotices } from '../../src/review/index.ts';
import { type Bench, openBench } from './harness.ts';

/** The promises of the design that no other test keeps end to end; each bears the number that it has there. */

const planOf = (budget: string): string => `version: 1
owner: finops
notify: { file: outbox }
review: { triggers: [{ event: critical-alert }, { event: restatement }] }
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
      format: { kind: csv, header: [ts, id, resource, in, out, usd] }
      key: [id]
      columns: { startAt: ts, requestRef: id, keyRef: resource }
      tokens: { input: in, output: out, cacheInInput: unknown }
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2025-01-01 }
budgets:
  - ${budget}
`;
const RULES =
  'rules: [{ id: at-50, basis: actual, at: 0.5 }, { id: at-100, basis: actual, at: 1.0, severity: critical }]';
const MONTHLY = `{ id: monthly, title: Monthly, amount: "1000.00", ${RULES} }`;

const DAY_MS = 86_400_000;

/** One row a day of a dollar, from the first day on. */
const daily = (first: string, days: number): readonly string[] =>
  Array.from({ length: days }, (_, day) => {
    const at = new Date(Date.parse(`${first}T12:00:00Z`) + day * DAY_MS).toISOString();
    return `${at},${first}-${day},R-000,900,100,1`;
  });

async function project(start: string, rows: readonly string[], budget = MONTHLY): Promise<Bench> {
  const bench = await openBench(start);
  await writeFile(join(bench.folder, 'spendproof.yaml'), planOf(budget));
  await mkdir(join(bench.folder, 'exports'));
  await deliver(bench, 'first', rows);
  await bench.run('init', '--yes');
  return bench;
}

const deliver = async (bench: Bench, name: string, rows: readonly string[]): Promise<void> =>
  await writeFile(
    join(bench.folder, 'exports', `${name}.csv`),
    `ts,id,resource,in,out,usd\n${rows.join('\n')}\n`,
  );

const workspaceOf = async (bench: Bench) =>
  await openWorkspace(
    { cwd: bench.folder, config: undefined, operator: undefined },
    { ...bench.ports(), env: bench.env },
  );

const outbox = async ({ folder }: Bench): Promise<readonly string[]> =>
  (await readdir(join(folder, 'outbox')).catch(() => [])).filter((name) => name.endsWith('.md'));

async function recordsOf<K extends 'alert' | 'budget-verdict' | 'notice-claim' | 'restatement'>(
  bench: Bench,
  kind: K,
): Promise<readonly StoredRecord<RecordOf<K>>[]> {
  const { ledger } = await workspaceOf(bench);
  return await ledger.records({ kind });
}

describe('a promise of the design', () => {
  it('(budgets.md 10.1) sends one notice over two replicas, restarts and a thousand evaluations of the same data', async () => {
    const rows = ['2026-11-16T12:00:00Z,big,R-111,900,100,600', ...daily('2026-11-16', 7)];
    const bench = await project('2026-11-23T10:00:00Z', rows);
    await bench.run('review');
    const before = await outbox(bench);
    expect(before).toHaveLength(1);
    const now = '2026-11-23T10:00:00Z' as Instant;
    for (let restart = 0; restart < 10; restart += 1) {
      const replicas = [await workspaceOf(bench), await workspaceOf(bench)];
      for (let look = 0; look < 50; look += 1) {
        await Promise.all(replicas.map(async (one) => await sendNotices(one, now)));
      }
    }
    expect(await outbox(bench)).toStrictEqual(before);
    expect(await recordsOf(bench, 'notice-claim')).toHaveLength(1);
  });

  it('(budgets.md 10.2) makes one notice, of the highest level, of a week that is imported late', async () => {
    const bench = await project('2026-11-23T10:00:00Z', daily('2026-11-01', 15));
    await bench.run('review');
    expect(await outbox(bench)).toHaveLength(0);
    const late = daily('2026-11-16', 7).map((row) => row.replace(/,1$/, ',200'));
    await deliver(bench, 'late', late);
    await bench.run('review');
    const [alert, ...others] = await recordsOf(bench, 'alert');
    expect(others).toHaveLength(0);
    expect(alert?.body.rules[0]).toBe('at-100');
    expect(alert?.body.rules).toContain('at-50');
    expect(await outbox(bench)).toHaveLength(1);
  });

  it('(budgets.md 10.6) adds corrections to what they correct: 1,500 in all, 1,200 and 300 after them', async () => {
    // The records of FOCUS's example of a correction within an open billing period.
    const original = '2025-07-01T00:00:00Z,o,R-111,0,0,1500';
    const bench = await project('2025-07-07T10:00:00Z', [original]);
    await bench.run('usage', 'import');
    await deliver(bench, 'second', [
      '2025-07-01T00:00:00Z,d,R-111,0,0,-300',
      '2025-07-01T00:00:00Z,i,R-222,0,0,300',
    ]);
    await bench.run('usage', 'import');
    const span = ['--from', '2025-07-01', '--until', '2025-07-02'];
    const { stdout, stderr } = await bench.run(
      'usage',
      'aggregate',
      '--by',
      'key',
      ...span,
      '--json',
    );
    expect(stderr).not.toContain('error');
    const costOf = (key: string): string | undefined =>
      new RegExp(`"key": "${key}"[^]*?"chargedCost": {\\s*"value": "([^"]+)"`).exec(stdout)?.[1];
    expect([costOf('R-111'), costOf('R-222')]).toEqual(['1200', '300']);
    const status = await bench.run('budget', 'explain', 'monthly', '--json');
    expect(status.stdout).toMatch(/"value":\s*"1500"/);
  });

  it('(budgets.md 10.6) lets a correction of a closed period change what is known of May, not the signed review of May', async () => {
    const bench = await project('2025-06-02T10:00:00Z', daily('2025-05-01', 33));
    await bench.run('review');
    const ofMay = async () =>
      (await recordsOf(bench, 'budget-verdict')).filter(({ body }) =>
        body.period.start.startsWith('2025-05'),
      );
    const [signed] = await ofMay();
    expect(signed?.body).toMatchObject({ final: true, verdict: 'ok', spend: { value: '31' } });
    const more = daily('2025-06-03', 33);
    await deliver(bench, 'june', more);
    bench.at('2025-06-30T10:00:00Z');
    await bench.run('review');
    // Later days are no change of May.
    expect(await ofMay()).toHaveLength(1);
    bench.at('2025-07-07T10:00:00Z');
    await deliver(bench, 'correction', ['2025-05-01T00:30:00Z,late,R-111,0,0,1500']);
    const told = (await outbox(bench)).length;
    await bench.run('review');
    const verdicts = await ofMay();
    expect(verdicts[0]).toStrictEqual(signed);
    expect(verdicts[1]?.body).toMatchObject({ verdict: 'breached', spend: { value: '1531' } });
    expect(await recordsOf(bench, 'restatement')).toMatchObject([
      { body: { verdict: signed?.ref, before: { value: '31' }, spend: { value: '1531' } } },
    ]);
    // One notice, and no chain of thresholds fired again for a month that is over.
    expect(await outbox(bench)).toHaveLength(told + 1);
    expect(await recordsOf(bench, 'alert')).toHaveLength(0);
    await bench.run('review');
    expect(await outbox(bench)).toHaveLength(told + 1);
  });

  it('(budgets.md 10.9) survives one row of 9,990: its price is found, the forecast stays finite, the budget breaches, a review opens', async () => {
    const broken = '2026-11-20T13:00:00Z,broken,R-000,900,100,9990';
    const rows = [...daily('2026-09-14', 70), broken];
    const bench = await project('2026-11-23T10:00:00Z', rows);
    await bench.run('review');
    const verdicts = await recordsOf(bench, 'budget-verdict');
    const [verdict] = verdicts.filter(({ body }) => body.period.start.startsWith('2026-11'));
    expect(verdict?.body).toMatchObject({
      verdict: 'breached',
      anomalies: expect.arrayContaining([
        expect.objectContaining({ date: '2026-11-20', what: 'unit-price' }),
      ]),
    });
    // What came is 10,013; as a pace the row would make 15,000 of the month.
    expect(Number(verdict?.body.forecast?.total)).toBeLessThan(10_500);
    expect((await bench.run('review', '--due')).stderr).toContain('Run because of: critical-alert');
  });

  it('(budgets.md 10.11) makes every notice of the ledger alone, and puts no key, prompt or address into it', async () => {
    const rows = ['2026-11-16T12:00:00Z,big,R-111,900,100,1600', ...daily('2026-11-16', 7)];
    const escalating = `${MONTHLY.slice(0, -2)}, escalate: { ackWithin: 24h, to: finops } }`;
    const bench = await project('2026-11-23T10:00:00Z', rows, escalating);
    await bench.run('review');
    bench.at('2026-11-24T10:00:00Z');
    await bench.run('review', '--due');
    const sent = await Promise.all(
      (await outbox(bench)).map(
        async (name) => await readFile(join(bench.folder, 'outbox', name), 'utf8'),
      ),
    );
    expect(sent).toHaveLength(2);
    const { plan } = await workspaceOf(bench);
    const [alert] = await recordsOf(bench, 'alert');
    if (alert === undefined) throw new Error('no alert');
    const at = alert.context.at;
    const derived = (await recordsOf(bench, 'notice-claim')).map(({ body }) =>
      noticeFromAlert(alert.body, plan, alert.ref, { ...body, at }),
    );
    expect(derived.map(({ markdown }) => markdown).toSorted()).toStrictEqual(sent.toSorted());
    expect(sent.join('\n')).not.toMatch(/@|https?:|R-111|sk-/);
  });
});
