import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { unpacked } from '../fixtures/unpacked.ts';
import { NOBODY } from '../servers/nobody.ts';
import { type Bench, type Ended, openBench } from './harness.ts';

let bench: Bench;
let demo: Ended;

beforeAll(async () => {
  bench = await openBench('2026-11-23T08:00:00Z');
  demo = await bench.run('demo', '--dir', 'demo');
  bench.env['SPENDPROOF_PLAN'] = join(bench.folder, 'demo', 'spendproof.yaml');
  bench.env['SPENDPROOF_HOME'] = join(bench.folder, 'demo', 'keys');
});

describe('demo', () => {
  it('runs the whole review and ends with 0', () => {
    expect(demo.exit, demo.stderr).toBe(0);
    expect(demo.stdout).toContain('Review 2026-W47  PASS');
    expect(demo.stdout).toContain('happy pass, error pass, usage link pass');
    expect(demo.stdout).toMatch(/^Ledger {2}ok, \d+ entries/m);
    expect(demo.stderr).toContain('spendproof ledger verify');
  });

  it('proposes commands that work in the project, and names the keys of others', async () => {
    const proposed = [...demo.stderr.matchAll(/^ {2}spendproof (.+)$/gm)].map(([, words]) => words);
    expect(proposed.length).toBeGreaterThan(3);
    const there = join(bench.folder, 'demo');
    for (const words of proposed) {
      const argv = (words ?? '')
        .split(' ')
        .map((word) => word.replace(/^exports/, `${there}/exports`));
      expect((await bench.run(...argv)).exit, words).toBe(0);
    }
    expect(demo.stderr).toContain(`SPENDPROOF_HOME=${join(there, 'keys')}`);
  });

  it.each([
    '2026-12-01T00:30:00Z',
    '2026-03-29T01:30:00Z',
    '2028-02-29T12:00:00Z',
    '2027-01-01T12:00:00Z',
  ])('ends with 0 whatever day it is: %s', async (now) => {
    const other = await openBench(now);
    const { exit, stderr } = await other.run('demo');
    expect(exit, stderr).toBe(0);
    expect(readdirSync(other.folder)).toEqual([]);
  });

  it('runs to its end as it is built: a bundle takes packages in another way', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/main.js', 'demo'], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  });

  it('changes nothing in a folder that is in use', async () => {
    const again = await bench.run('demo', '--dir', 'demo');
    expect(again.exit).toBe(2);
    expect(again.stderr).toContain('error[plan-exists]');
  });

  it('writes neither the credential nor the prompt nor an answer anywhere but where they belong', async () => {
    const files = filesOf(join(bench.folder, 'demo'));
    expect(files.length).toBeGreaterThan(30);
    const canaries = ['Reply with ok.', 'chat.completion', 'finish_reason'];
    const found = files
      .filter((file) => !file.endsWith('smoke/minimal-chat.json'))
      .filter((file) => canaries.some((canary) => textOf(file).includes(canary)));
    expect(found).toEqual([]);
    expect(files.filter((file) => /\bexample-[0-9a-f]{32}\b/.test(textOf(file)))).toEqual([]);
  });
});

describe('the commands over the demo', () => {
  it.each([
    [['plan'], 0, 'ok   plan of example-team'],
    [['plan', '--expanded'], 0, 'cost-per-1k-requests'],
    [['docs'], 0, 'example-pricing'],
    [
      ['docs', 'contracts', '--format', 'md'],
      0,
      '| Area | What to verify | Source URL | Accessed | Safe candidate wording | State |',
    ],
    [['budget'], 0, 'All AI usage'],
    [['budget', 'explain', 'monthly'], 0, 'at-50: actual at 50 %, info, crossed'],
    [
      ['budget', 'simulate', 'monthly', '--delta', '+30%'],
      0,
      'of it from events of the plan and what is tried',
    ],
    [['metrics'], 0, 'cost-per-1m-tokens'],
    [['metrics', 'cost-per-1k-requests', '--format', 'csv'], 0, 'cost-per-1k-requests,'],
    [['smoke'], 0, 'chat-minimal'],
    [['smoke', 'plan', 'chat-minimal'], 0, 'nothing is sent by this command'],
    [['usage', 'list'], 0, 'requests.csv'],
    [
      ['usage', 'aggregate', '--by', 'workload', '--measures', 'requests,tokens,chargedCost'],
      0,
      'support-bot',
    ],
    [
      ['usage', 'aggregate', '--by', 'day', '--from', '2026-11-01', '--until', '2026-11-03'],
      0,
      '2026-11-02',
    ],
    [['usage', 'explain', '--export', 'app-log'], 0, 'key request_ref'],
    [['usage', 'explain', '--ref', 'nothing-like-it'], 5, 'No imported row matches'],
    [['ledger', 'log', '--limit', '2'], 0, 'handoff'],
    [['ledger', 'verify', '--json'], 0, '"ok": true'],
    [['review', 'show'], 0, 'Review 2026-W47'],
    [['review', 'show', '--format', 'md'], 0, '# Token budget review 2026-W47: pass'],
    [['review', 'show', '--format', 'html'], 0, '<h1>Token budget review 2026-W47'],
    [['review', 'handoff', '--format', 'md'], 0, '# Handoff of review'],
    [['schema', 'plan'], 0, '"$schema"'],
    [['key', 'enrol'], 0, 'already'],
  ])('%j ends with %i and says %s', async (argv, exit, said) => {
    const ended = await bench.run(...argv);
    expect(ended.exit, ended.stderr).toBe(exit);
    expect(ended.stdout).toContain(said);
  });

  it.each([
    [['usage', 'list'], 'export,files,accepted,quarantined,duplicate,superseded,start,end,counts'],
    [['ledger', 'log'], 'index,record,at,kind,about,operator'],
    [['key', 'list'], 'use,from,until,key'],
    [['smoke', 'list'], 'smoke,pattern,environment,enabled,pinned,outcome,at'],
    [
      ['reconcile'],
      'reconcile,outcome,view,against,measures,compared,open,beyond,undecided,difference,missing,duplicated,price,rounding,zone,currency',
    ],
  ])('%j has a row a thing as text, CSV and Markdown', async (argv, head) => {
    const [first, ...rows] = (await bench.run(...argv, '--format', 'csv')).stdout.split('\r\n');
    expect(first).toBe(head);
    const table = (await bench.run(...argv, '--format', 'md')).stdout.split('\n');
    expect(table[1]).toMatch(/^\| -{3}/);
    expect(table.length).toBe(rows.length + 2);
    expect((await bench.run(...argv)).exit).toBe(0);
  });

  it.each([
    [['docs', 'check', 'nothing'], 2],
    [['docs', 'diff', 'example-pricing'], 0],
    [['budget', 'explain', 'monthy'], 2],
    [['metrics', 'cost'], 2],
    [['smoke', 'run', 'chat'], 2],
    [['usage', 'aggregate', '--by', 'dya'], 2],
    [['usage', 'aggregate', '--from', '2026-11-01'], 2],
    [['usage', 'aggregate', '--filter', 'colour=red'], 2],
    [['ledger', 'show', 'ffffffffffff'], 2],
    [['ledger', 'log', '--limit', 'many'], 2],
    [['review', 'show', '2020-W01'], 2],
    [['schema', 'everything'], 2],
    [['resume', 'nothing', '--because', 'false-alarm'], 2],
  ])('%j ends with %i', async (argv, exit) => {
    expect((await bench.run(...argv)).exit).toBe(exit);
  });

  it('cannot be sent once the provider is gone, which is inconclusive and no failure', async () => {
    bench.env['SPENDPROOF_DEMO_KEY'] = ['example', 'key', 'for', 'a', 'closed', 'port'].join('-');
    const path = join(bench.folder, 'demo', 'spendproof.yaml');
    const text = await readFile(path, 'utf8');
    // Its port may be another test's by now.
    await writeFile(path, text.replaceAll(/127\.0\.0\.1:\d+/g, NOBODY));
    const { exit, stdout } = await bench.run('smoke', 'run', 'chat-minimal');
    await writeFile(path, text);
    expect(exit).toBe(5);
    expect(stdout).toContain('conn-refused');
  });

  it('pins a changed fixture by a role, and refuses to run before', async () => {
    const fixture = join(bench.folder, 'demo', 'smoke', 'minimal-chat.json');
    await writeFile(
      fixture,
      (await readFile(fixture, 'utf8')).replace('Reply with ok.', 'Answer ok.'),
    );
    const refused = await bench.run('smoke', 'run', 'chat-minimal');
    expect([refused.exit, refused.stdout.includes('nobody has approved')]).toEqual([5, true]);
    const pinned = await bench.run('smoke', 'pin', 'chat-minimal', '--by', 'finops');
    expect(pinned.exit, pinned.stderr).toBe(0);
    expect((await bench.run('plan')).exit).toBe(0);
    expect((await bench.run('smoke', 'pin', 'chat-minimal', '--by', 'nobody')).exit).toBe(2);
  });

  it('names a tampered record', async () => {
    const folder = join(bench.folder, 'demo', '.spendproof', 'ledger', '.state', 'commit');
    const commit = join(folder, readdirSync(folder).toSorted()[2] ?? '');
    const bytes = await readFile(commit);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    await writeFile(commit, bytes);
    const { exit, stdout } = await bench.run('ledger', 'verify');
    expect(exit).toBe(7);
    expect(stdout).toContain('FAILED');
  });
});

describe('init --from', () => {
  it('writes a plan for what an export holds, and the plan is good', async () => {
    const other = await openBench();
    const source = await readFile('test/fixtures/cli/quota-two-weeks.json', 'utf8');
    await writeFile(join(other.folder, 'quota.json'), source);
    const { exit, stderr } = await other.run('init', '--from', 'quota.json', '--tz', 'UTC');
    expect(exit, stderr).toBe(0);
    const plan = await other.run('plan');
    expect(plan.exit, plan.stderr).toBe(0);
    expect((await other.run('usage', 'import')).stdout).toContain('28 accepted');
    expect((await other.run('review')).exit).toBe(0);
  });

  it('asks for no cost that the file does not hold', async () => {
    const other = await openBench();
    const buckets = [
      {
        object: 'bucket',
        start_time: 1_763_942_400,
        end_time: 1_764_028_800,
        results: [
          {
            object: 'organization.usage.completions.result',
            input_tokens: 10,
            output_tokens: 5,
            num_model_requests: 2,
            model: null,
          },
        ],
      },
    ];
    await writeFile(join(other.folder, 'usage.json'), JSON.stringify(buckets));
    const { stdout, exit } = await other.run('init', '--from', 'usage.json', '--dry-run');
    expect(exit).toBe(0);
    expect(stdout).toContain('adapter: openai-usage');
    expect(stdout).not.toMatch(/^(metrics|budgets)/m);
    expect(existsSync(join(other.folder, 'spendproof.yaml'))).toBe(false);
  });

  it('refuses a file outside the folder: a plan names only files of its project', async () => {
    const other = await openBench();
    const { exit, stderr } = await other.run(
      'init',
      '--from',
      join(process.cwd(), 'test/fixtures/cli/quota-two-weeks.json'),
    );
    expect(exit).toBe(2);
    expect(stderr).toContain('inside this folder');
    expect(existsSync(join(other.folder, 'spendproof.yaml'))).toBe(false);
  });
});

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const textOf = (file: string): string => unpacked(file, readFileSync(file)).toString('latin1');
