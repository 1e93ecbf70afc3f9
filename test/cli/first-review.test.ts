import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DocumentServer, startDocumentServer } from '../servers/documents.ts';
import { type Bench, expectGolden, openBench } from './harness.ts';

const QUOTA = resolve('test/fixtures/cli/quota-two-weeks.json');

/** The pages that the preset names, in shapes of our own: headings that its claims ask for, and no price. */
const PAGES: Readonly<Record<string, readonly [path: string, main: string]>> = {
  'cometapi-pricing': [
    '/pricing',
    '<h1>About pricing</h1><p>This pricing page explains how a charge is computed for a request; the numbers themselves stand in the console of every account.</p><h2>How a charge is computed</h2><p>Input and output tokens are counted separately, and cached input is counted at a ratio of 0.5.</p>',
  ],
  'cometapi-help-center': [
    '/help',
    '<h1>Help Center</h1><p>Ask questions about billing and usage here: open a request with the id of the account, the date range and the request id.</p>',
  ],
  'cometapi-chat-reference': [
    '/docs',
    '<h1>API reference</h1><p>Every request is authenticated with a bearer key that is made in the console of the account.</p><pre><code>POST /v1/chat/completions</code></pre>',
  ],
  'finops-unit-economics': [
    '/unit-economics',
    '<h1>Unit Economics</h1><p>Express spend per unit of something that engineering and finance both understand, and look at its trend over time.</p>',
  ],
  'google-cloud-budgets': [
    '/budgets',
    '<h1>Budgets</h1><p>A budget has an amount, thresholds and people who are told when a threshold is crossed by actual or by forecast spend.</p>',
  ],
};

let server: DocumentServer;
let bench: Bench;

beforeAll(async () => {
  server = await startDocumentServer();
  for (const [path, main] of Object.values(PAGES)) server.serve(path, page(main));
  bench = await openBench('2026-11-23T08:00:00Z');
});
afterAll(async () => await server.close());

// One story in order: each step stands on the one before it, as a team's first weeks do.
describe('the first review', () => {
  it('begins with a plan of eleven lines, a key and a ledger', async () => {
    const { exit, stdout } = await bench.run(
      'init',
      '--provider',
      'cometapi',
      '--tz',
      'Europe/Berlin',
    );
    expect(exit).toBe(0);
    expect(stdout).toContain(
      'Made spendproof.yaml, spendproof.schema.json, .gitignore, .spendproof/ledger',
    );
    const text = await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8');
    expect(
      text.split('\n').filter((line) => line !== '' && !line.trim().startsWith('#')),
    ).toHaveLength(11);
    expect((await bench.run('plan')).exit).toBe(0);
  });

  it('makes only what is missing when it runs again', async () => {
    const before = await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8');
    const { stdout } = await bench.run('init', '--provider', 'cometapi');
    expect(stdout).toContain('nothing was changed');
    expect(await readFile(join(bench.folder, 'spendproof.yaml'), 'utf8')).toBe(before);
  });

  it('reads the documents and waits for a reader', async () => {
    await serveLocally();
    const { exit, stdout, stderr } = await bench.run('docs', 'check');
    expect(exit).toBe(5);
    expect(stdout.match(/\bnew\b/g)).toHaveLength(5);
    expect(stderr).toContain('docs accept');
  });

  it('shows the headings that a role accepts', async () => {
    const { exit, stdout } = await bench.run(
      'docs',
      'accept',
      ...Object.keys(PAGES),
      '--by',
      'finops',
    );
    expect(exit).toBe(0);
    expect(stdout).toContain('How a charge is computed');
  });

  it('ends pass with exit 0 on one page', async () => {
    await mkdir(join(bench.folder, 'exports'), { recursive: true });
    await copyFile(QUOTA, join(bench.folder, 'exports', 'quota.json'));
    const { exit, stdout } = await bench.run('review');
    expect(stdout).toContain('Review 2026-W47  PASS');
    expect(exit).toBe(0);
    await expectGolden(resolve('test/fixtures/cli/first-review.txt'), masked(stdout));
    await expectGolden(resolve('docs/example-review.md'), masked(await reportOf('2026-W47')));
  });

  it('lists once what the plan does not ask for', async () => {
    const report = await reportOf('2026-W47');
    expect(report.match(/^- .*smoke tests.*: the plan does not ask for it\.$/gm)).toHaveLength(1);
    expect(report).not.toContain('inconclusive');
  });

  it('leaves a ledger that verifies', async () => {
    const { exit, stdout } = await bench.run('ledger', 'verify');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^ok /);
  });

  it('holds the assumption, labels the number and sends the notice when a cited section changes and the budget breaks', async () => {
    bench.at('2026-11-30T08:00:00Z');
    const [path, main] = PAGES['cometapi-pricing'] ?? ['', ''];
    server.serve(path, page(main.replace('a ratio of 0.5', 'a ratio of 0.7')));
    await nextWeek();
    const { exit, stdout } = await bench.run('review');
    expect(exit).toBe(3);
    expect(stdout).toContain('Review 2026-W48  FAIL');
    expect(stdout).toMatch(
      /monthly 2026-11-01 {2}at least USD 1,\d{3}\.\d+ of USD 1,200\.00 {2}1\d\d\.\d %/,
    );
    expect(stdout).toContain('held since 2026-11-30');
    const report = await reportOf('2026-W48');
    expect(report).toContain('held since 2026-11-30');
    const notices = (await readdir(join(bench.folder, 'outbox'))).filter((name) =>
      name.endsWith('.md'),
    );
    const texts = notices.map((name) => readFileSync(join(bench.folder, 'outbox', name), 'utf8'));
    expect(texts.some((text) => text.includes('at\\-100') || text.includes('at-100'))).toBe(true);
    await expectGolden(resolve('test/fixtures/cli/second-review.txt'), masked(stdout));
  });

  it('shows the change by section without its value', async () => {
    const { exit, stdout } = await bench.run('docs', 'diff', 'cometapi-pricing');
    expect(exit).toBe(3);
    expect(stdout).toContain('How a charge is computed');
    expect(stdout).not.toContain('0.7');
  });

  it('sends each threshold once, however often it is reviewed', async () => {
    const before = await readdir(join(bench.folder, 'outbox'));
    await bench.run('review');
    await bench.run('review');
    expect(await readdir(join(bench.folder, 'outbox'))).toEqual(before);
  });

  it('ends the hold when an owner resumes it for a reason of the list', async () => {
    const wrong = await bench.run('resume', 'pricing-basis', '--because', 'looks-fine');
    expect(wrong.exit).toBe(2);
    const { exit, stdout } = await bench.run(
      'resume',
      'pricing-basis',
      '--because',
      'provider-confirmed',
      '--case',
      'case-4711',
    );
    expect(exit).toBe(0);
    expect(stdout).toContain('pricing-basis is held no more');
    expect((await bench.run('resume', 'pricing-basis', '--because', 'false-alarm')).exit).toBe(2);
  });

  it('hands over command, result, changes, uncertainty, owner and next action', async () => {
    const { exit, stdout } = await bench.run('review', 'handoff', '2026-W48');
    expect(exit).toBe(0);
    for (const part of [
      'Command',
      'Result',
      'Changed files',
      'Remaining uncertainty',
      'Next action',
      'Owner',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  it('writes the record as JSON and JUnit too', async () => {
    const json = await bench.run('review', 'show', '2026-W47', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'spendproof/v1',
      command: 'review',
      ok: true,
      exit: 0,
    });
    const junit = await bench.run('review', 'show', '2026-W48', '--format', 'junit');
    expect(junit.stdout).toMatch(/<testsuite[^>]*failures="[1-9]/);
    expect(junit.exit).toBe(3);
  });

  it('still verifies at the end, and proves one record to a stranger', async () => {
    expect((await bench.run('ledger', 'verify')).exit).toBe(0);
    const log = JSON.parse((await bench.run('ledger', 'log', '--limit', '3', '--json')).stdout);
    const ref = log.data.records[0].record;
    await bench.run('ledger', 'prove', ref, '--out', 'record.proof');
    const keys = await readdir(join(bench.folder, '.spendproof', 'ledger', 'keys'));
    const results = await Promise.all(
      keys.map(
        async (key) =>
          await bench.run(
            'ledger',
            'verify-proof',
            'record.proof',
            '--key',
            join('.spendproof/ledger/keys', key),
          ),
      ),
    );
    expect(results.map(({ exit }) => exit).toSorted((left, right) => left - right)).toEqual([0, 7]);
  });
});

/** Points the preset's documents at the local server and names an assumption that cites one section. */
async function serveLocally(): Promise<void> {
  const path = join(bench.folder, 'spendproof.yaml');
  const documents = Object.entries(PAGES).map(
    ([id, [where]]) => `  - { id: ${id}, url: "${server.origin}${where}" }`,
  );
  const extra = [
    `network: { loopback: ["${server.host}"] }`,
    'documents:',
    ...documents,
    'assumptions:',
    '  - { id: pricing-basis, cites: ["cometapi-pricing#How a charge is computed"] }',
  ];
  await writeFile(path, `${await readFile(path, 'utf8')}${extra.join('\n')}\n`);
}

/** The account's report a week later: the same days and a dear new week. */
async function nextWeek(): Promise<void> {
  const body = JSON.parse(readFileSync(QUOTA, 'utf8'));
  for (let day = 23; day <= 29; day += 1) {
    body.daily_quota[`2026-11-${day}`] = [
      { token_name: 'svc-support-prod', quota_used: 150.25, request_count: 5000 },
    ];
  }
  await writeFile(join(bench.folder, 'exports', 'quota-2.json'), JSON.stringify(body));
}

async function reportOf(id: string): Promise<string> {
  return await readFile(join(bench.folder, '.spendproof', 'views', `${id}.md`), 'utf8');
}

/** Ports and digests differ from run to run; all other text is the same. */
function masked(text: string): string {
  return text
    .replaceAll(server.host, '127.0.0.1:8080')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:(digest)')
    .replace(/\b[0-9a-f]{16}\b/g, '(digest)');
}

const page = (main: string): string =>
  `<!doctype html><html lang="en"><head><title>Docs</title></head><body><main>${main}</main></body></html>`;
