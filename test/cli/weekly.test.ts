import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBench } from './harness.ts';

const PLAN = `version: 1
timezone: UTC
owner: finops
notify: { file: outbox }
exports:
  - { id: quota, adapter: cometapi-quota, path: "exports/*.json", provider: cometapi, zone: UTC, approved: { by: finops, date: 2026-11-01 } }
providers: [{ id: cometapi, host: api.cometapi.com }]
allocation: { rules: [{ when: { key: [svc-support-prod] }, workload: support-bot, owner: finops }] }
`;

describe('report weekly', () => {
  it('shows one review from its records, the same each time, in three formats', async () => {
    const bench = await openBench('2026-11-23T08:00:00Z');
    await writeFile(join(bench.folder, 'spendproof.yaml'), PLAN);
    await mkdir(join(bench.folder, 'exports'));
    const fixture = resolve('test/fixtures/cli/quota-two-weeks.json');
    await copyFile(fixture, join(bench.folder, 'exports/quota.json'));
    await bench.run('init', '--yes');
    const none = await bench.run('report', 'weekly');
    expect(none.exit).toBe(2);
    await bench.run('review');
    const markdown = await bench.run('report', 'weekly');
    expect(markdown.stdout).toContain('## Spend, same weekdays');
    expect(markdown.stdout).toContain('2026-11-16 to 2026-11-22 beside 2026-11-09 to 2026-11-15');
    expect(markdown.stdout).toContain('| Requests | 8,900 | 9,462 | -5.9 % |');
    expect(markdown.stdout).toMatch(/Allocated share of the known cost: \d\d(\.\d)? %/);
    expect(markdown.stdout).toMatch(/\| support-bot \| USD \d+/);
    const html = await bench.run('report', 'weekly', '--format', 'html', '--out', 'week.html');
    expect(html.exit).toBe(0);
    const page = await readFile(join(bench.folder, 'week.html'), 'utf8');
    expect(page.startsWith('<!doctype html>')).toBe(true);
    bench.at('2026-11-25T08:00:00Z');
    await bench.run('review');
    const again = await bench.run('report', 'weekly', '2026-W47');
    expect(again.stdout.replace(/entry \d+ of \d+/, '')).toBe(
      markdown.stdout.replace(/entry \d+ of \d+/, ''),
    );
    const json = JSON.parse((await bench.run('report', 'weekly', '2026-W47', '--json')).stdout);
    expect(json.data).toMatchObject({ schema: 'spendproof/weekly/v1', team: 'team' });
  });
});
