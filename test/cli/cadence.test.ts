import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

const PLAN = `version: 1
timezone: Europe/Berlin
owner: finops
notify: { file: outbox }
review:
  triggers:
    - { event: launch, lead: 2d, blocks: true }
    - { event: model-change }
    - { event: prompt-change }
    - { event: workload-expansion }
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", provider: cometapi, zone: UTC, approved: { by: finops, date: 2026-11-01 } }
providers: [{ id: cometapi, host: api.cometapi.com }]
`;
const LEAN = PLAN.replace(/ {4}- \{ event: (model|prompt|workload).*\n/g, '');

async function project(plan = PLAN): Promise<Bench> {
  const bench = await openBench('2026-11-23T08:00:00Z');
  await writeFile(join(bench.folder, 'spendproof.yaml'), plan);
  await mkdir(join(bench.folder, 'exports'));
  await copyFile(
    resolve('test/fixtures/cli/quota-two-weeks.json'),
    join(bench.folder, 'exports/quota.json'),
  );
  await bench.run('init', '--yes');
  return bench;
}

const recorded = async (bench: Bench, kind: string): Promise<number> => {
  const { stdout } = await bench.run('ledger', 'log', '--json');
  return JSON.stringify(JSON.parse(stdout)).split(`"${kind}"`).length - 1;
};

describe('review --due', () => {
  it('runs what is due once, whoever calls, and then says when the next one is', async () => {
    const bench = await project();
    const first = await bench.run('review', '--due');
    expect(first.stderr).toContain('Run because of: cadence. Next: 2026-11-30T08:00:00Z');
    const second = await bench.run('review', '--due');
    expect([second.exit, second.stdout]).toEqual([
      0,
      'Nothing is due. Next: 2026-11-30T08:00:00Z\n',
    ]);
  });

  it('lets one of several schedulers run the review', async () => {
    const bench = await project();
    const ended = await Promise.all([1, 2, 3].map(async () => await bench.run('review', '--due')));
    const ran = ended.filter(({ stderr }) => stderr.includes('Run because of'));
    expect(ran).toHaveLength(1);
    expect(await recorded(bench, 'review-start')).toBe(1);
  });

  it('takes a review that was run by hand for the one of that week', async () => {
    const bench = await project();
    await bench.run('review');
    expect((await bench.run('review', '--due')).stdout).toContain('Nothing is due.');
  });

  it('records what was missed, once, and runs the newest late', async () => {
    const bench = await project(LEAN);
    await bench.run('review', '--due');
    bench.at('2026-12-10T08:00:00Z');
    const late = await bench.run('review', '--due');
    expect(late.exit).toBe(3);
    expect(late.stderr).toContain(
      'Missed: the review that was due at 2026-11-30T08:00:00Z; recorded.',
    );
    expect(late.stderr).toContain(
      'Missed: the review that was due at 2026-12-07T08:00:00Z; recorded.',
    );
    expect(late.stderr).toContain('Run because of: cadence');
    const again = await bench.run('review', '--due');
    expect([again.exit, again.stderr]).toEqual([0, '']);
    expect(await recorded(bench, 'review-due')).toBe(4);
  });

  it('opens an extra review for a model and a key that usage did not show before', async () => {
    const bench = await project();
    await bench.run('review', '--due');
    const text = await readFile(join(bench.folder, 'exports/quota.json'), 'utf8');
    const raw = JSON.parse(text) as { daily_quota: Record<string, object[]> };
    const days = Object.keys(raw.daily_quota);
    raw.daily_quota['2026-11-22']?.push({
      token_name: 'svc-brand-new',
      quota_used: 1,
      request_count: 5,
    });
    expect(days).toContain('2026-11-22');
    await writeFile(join(bench.folder, 'exports/quota.json'), JSON.stringify(raw));
    bench.at('2026-11-24T08:00:00Z');
    await bench.run('usage', 'import');
    const extra = await bench.run('review', '--due');
    expect(extra.stderr).toContain('Run because of: workload-expansion');
    expect((await bench.run('review', '--due')).stdout).toContain('Nothing is due.');
    expect(JSON.stringify(await bench.run('ledger', 'log', '--json'))).not.toContain('brand-new');
  });

  it('opens an extra review for a plan that reaches further than the reviewed one', async () => {
    const bench = await project();
    await bench.run('review', '--due');
    await writeFile(join(bench.folder, 'spendproof.yaml'), `${PLAN}workloads: [search]\n`);
    const extra = await bench.run('review', '--due');
    expect(extra.stderr).toContain('Run because of: workload-expansion');
    expect((await bench.run('review', '--due')).stdout).toContain('Nothing is due.');
  });

  it('is asked alone', async () => {
    const bench = await project();
    const both = await bench.run('review', '--due', '--trigger', 'launch');
    expect([both.exit, both.stderr]).toEqual([2, expect.stringContaining('Expected --due alone')]);
  });
});

describe('review gate', () => {
  it('lets a launch go ahead that its own review cleared in time', async () => {
    const bench = await project(LEAN);
    const before = await bench.run('review', 'gate', 'launch', '--ref', 'v2');
    expect([before.exit, before.stdout]).toEqual([3, 'launch v2: no review of it has ended\n']);
    const run = await bench.run('review', '--trigger', 'launch', '--ref', 'v2');
    expect(run.stderr).not.toContain('error');
    const gate = async (at: string) =>
      (await bench.run('review', 'gate', 'launch', '--ref', 'v2', '--at', at)).stdout;
    expect(await gate('2026-11-24')).toContain(run.exit === 0 ? 'less than 2d' : 'ended');
    expect(await gate('2026-12-01')).toContain(run.exit === 0 ? 'cleared by review' : 'ended');
    const other = await bench.run('review', 'gate', 'prompt-change');
    expect([other.exit, other.stderr]).toEqual([
      0,
      expect.stringContaining('does not make this block'),
    ]);
  });
});

describe('calendar', () => {
  it('shows past reviews with what became of them, and the next ones', async () => {
    const bench = await project();
    await bench.run('review', '--due');
    bench.at('2026-12-03T08:00:00Z');
    const { exit, stdout } = await bench.run('calendar', '--json');
    const entries = JSON.parse(stdout).data as { state: string; dueAt: string }[];
    expect(exit).toBe(3);
    expect(entries.slice(0, 3).map(({ state, dueAt }) => [state, dueAt])).toEqual([
      ['reviewed', '2026-11-23T08:00:00Z'],
      ['missed', '2026-11-30T08:00:00Z'],
      ['coming', '2026-12-07T08:00:00Z'],
    ]);
    expect(entries).toHaveLength(28);
    expect((await bench.run('calendar')).stdout).toContain('2026-12-07T08:00:00Z');
  });

  it('writes a feed whose ids and bytes stay, in UTC over the change of clocks', async () => {
    const bench = await project();
    const first = await bench.run('calendar', '--ics');
    bench.at('2026-11-23T20:00:00Z');
    const second = await bench.run('calendar', '--ics');
    const idsOf = (text: string) => text.match(/^UID:.*$/gm) ?? [];
    expect(idsOf(second.stdout)).toEqual(idsOf(first.stdout));
    expect(new Set(idsOf(first.stdout)).size).toBe(27);
    expect(first.stdout).toContain('DTSTART:20270322T080000Z');
    expect(first.stdout).toContain('DTSTART:20270329T070000Z');
    expect(first.stdout).not.toContain('RRULE');
  });
});
