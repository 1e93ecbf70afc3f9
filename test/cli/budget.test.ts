import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

const PLAN = `version: 1
timezone: UTC
currency: USD
owner: finops
notify: { file: outbox }
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", provider: cometapi, zone: UTC, conversion: unit, approved: { by: finops, date: 2026-11-01 } }
providers: [{ id: cometapi, host: api.cometapi.com }]
assumptions:
  - { id: unit, value: { file: private/unit.json, expires: 2027-12-31 } }
budgets:
  - { id: monthly, title: All usage, amount: "0.01", at: [0.5, 1.0] }
  - { id: part, title: A part, amount: "0.001", parent: monthly, exclude: { provider: [cometapi] }, rules: [] }
`;

async function project(): Promise<Bench> {
  const bench = await openBench('2026-11-23T08:00:00Z');
  await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
  for (const folder of ['exports', 'private']) await mkdir(join(bench.folder, folder));
  await copyFile(
    resolve('test/fixtures/cli/quota-two-weeks.json'),
    join(bench.folder, 'exports/quota.json'),
  );
  const unit = { unit: 'quota', per: { currency: 'USD', amount: '1' }, verified: '2026-11-01' };
  await writeFile(join(bench.folder, 'private/unit.json'), JSON.stringify(unit));
  await bench.run('init', '--yes');
  return bench;
}

const outbox = async ({ folder }: Bench): Promise<number> =>
  (await readdir(join(folder, 'outbox'))).length;

describe('budget', () => {
  it('alerts once over restarts and repetitions, and forgets an alert that its owner has seen', async () => {
    const bench = await project();
    await bench.run('review');
    const first = await outbox(bench);
    expect(first).toBeGreaterThan(0);
    for (let again = 0; again < 3; again += 1) await bench.run('review');
    expect(await outbox(bench)).toBe(first);

    const open = await bench.run('budget', 'status');
    const id = /Open alert ([0-9a-f]{8}): monthly/.exec(open.stdout + open.stderr)?.[1] ?? '';
    expect(id).not.toBe('');
    const seen = await bench.run('budget', 'ack', id);
    expect(seen).toMatchObject({ exit: 0 });
    expect(seen.stdout).toContain('is acknowledged, by finops');
    const after = await bench.run('budget', 'status');
    expect(after.stdout + after.stderr).not.toContain(`Open alert ${id}`);
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
  });

  it('says on the first of a month that there is nothing to judge yet', async () => {
    const bench = await project();
    for (const argv of [['budget'], ['budget', 'explain', 'monthly']]) {
      const { exit, stdout } = await bench.run(...argv, '--as-of', '2027-02-01');
      expect([exit, stdout]).toEqual([0, expect.stringContaining('Nothing to judge yet: no day')]);
    }
  });

  it('snoozes for seven days at most, and answers no alert that is not there', async () => {
    const bench = await project();
    await bench.run('review');
    const open = await bench.run('budget', 'status');
    const id = /Open alert ([0-9a-f]{8})/.exec(open.stdout + open.stderr)?.[1] ?? '';
    const snoozed = await bench.run('budget', 'ack', id, '--snooze', '2d');
    expect(snoozed.stdout).toContain('snoozed until 2026-11-25T08:00:00Z');
    expect((await bench.run('budget', 'ack', id, '--snooze', '8d')).exit).toBe(2);
    expect((await bench.run('budget', 'ack', 'ffffffff')).exit).toBe(2);
  });

  it('forecasts, tries out, and tells a parent from its parts', async () => {
    const bench = await project();
    await bench.run('review');
    const forecast = await bench.run('budget', 'forecast', 'monthly');
    expect(forecast.exit).toBe(0);
    expect(forecast.stdout).toMatch(/forecast {2}USD .*by (run-rate|weekday-median-28)/);
    expect(forecast.stdout).toContain('tested');
    // Days of the month are missing: what is known of it is no sum.
    const part = /spend {5}(at least USD \S+) of/.exec(forecast.stdout)?.[1] ?? 'none';
    expect((await bench.run('budget', 'explain', 'monthly')).stdout).toContain(`  ${part} of`);
    expect((await bench.run('budget', 'status')).stdout).toContain(part);
    const tried = await bench.run('budget', 'simulate', 'monthly', '--amount', '1000000');
    expect(tried.stdout).toContain('nothing is recorded');
    expect(tried.stdout).toContain('USD 1,000,000.00');
    expect((await bench.run('budget', 'simulate', 'monthly')).exit).toBe(2);
    expect((await bench.run('budget', 'simulate', 'monthly', '--delta', 'much')).exit).toBe(2);
    for (const amount of ['0', '-5', '1,000', '1e3']) {
      const { exit, stderr } = await bench.run('budget', 'simulate', 'monthly', '--amount', amount);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('a decimal above 0, got')]);
    }
    const unknown = await bench.run('budget', 'simulate', 'montly', '--amount', '5');
    expect([unknown.exit, unknown.stderr]).toEqual([2, expect.stringContaining('Did you mean')]);
    const explained = await bench.run('budget', 'explain', 'part');
    expect(explained.stdout).toContain('leaves out provider cometapi');
    expect(explained.stdout).toContain('part of   monthly');
    const status = await bench.run('budget', 'status');
    expect(status.stdout + status.stderr).toMatch(/monthly holds .* beside its parts part/);
  });
});
