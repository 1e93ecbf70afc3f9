import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DocumentServer, drip, redirect, startDocumentServer } from '../servers/documents.ts';
import { type Bench, openBench } from './harness.ts';

const MAIN = resolve('dist/main.js');
const HEADER = 'ts,request,model,in,out,total,usd';
const ROW = '2026-11-18T10:00:00Z,r-1,m-1,10,5,15,0.25';

const plan = (
  change: { readonly unit?: string; readonly extra?: string } = {},
): string => `version: 1
team: bench
timezone: UTC
currency: USD
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
      cost: { field: usd, unit: ${change.unit ?? 'USD'}, basis: charged }
    approved: { by: finops, date: 2026-11-01 }
metrics: [cost-per-1k-requests]
budgets:
  - { id: monthly, amount: "100.00", at: [1.0] }
${change.extra ?? ''}`;

let bench: Bench;

beforeEach(async () => {
  bench = await project();
});

async function project(text: string = plan()): Promise<Bench> {
  const made = await openBench();
  await writeFile(join(made.folder, 'spendproof.yaml'), text);
  await mkdir(join(made.folder, 'exports'));
  await made.run('init');
  return made;
}

const save = async (text: string | Uint8Array, name = 'a.csv'): Promise<void> =>
  await writeFile(join(bench.folder, 'exports', name), text);

/** What every kind of bad input must leave behind. */
async function expectIntact(): Promise<void> {
  const { exit, stdout } = await bench.run('ledger', 'verify');
  expect({ exit, ok: stdout.startsWith('ok ') }).toEqual({ exit: 0, ok: true });
}

async function imports(): Promise<number> {
  const { stdout } = await bench.run('usage', 'list', '--json');
  return JSON.parse(stdout).data.length;
}

describe('an export that cannot be read', () => {
  it.each([
    ['a wrong header', 'time,id,model,in,out,total,usd\n', 2, 'header-mismatch'],
    ['an empty file', '', 5, 'export-unreadable'],
    ['columns in another order', 'request,ts,model,in,out,total,usd\n', 2, 'header-mismatch'],
  ])('refuses %s and imports nothing', async (_what, text, exit, code) => {
    await save(text);
    const ended = await bench.run('usage', 'import');
    expect(
      { exit: ended.exit, said: ended.stderr.includes(`error[${code}]`) },
      ended.stderr,
    ).toEqual({ exit, said: true });
    expect(await imports()).toBe(0);
    await expectIntact();
  });

  it('stops no other export, and is told among them with the worst exit', async () => {
    const more = plan().replace(
      'metrics:',
      `  - { id: later, adapter: openrouter-activity, path: "later/*.csv", disjoint: true, approved: { by: finops, date: 2026-11-01 } }
  - { id: last, adapter: focus, path: "last/*.csv", disjoint: true, approved: { by: finops, date: 2026-11-01 } }
metrics:`,
    );
    await writeFile(join(bench.folder, 'spendproof.yaml'), more);
    for (const name of ['later', 'last']) await mkdir(join(bench.folder, name));
    await save(
      `${HEADER}\n2026-11-18T10:00:00Z,r-1,m-1,90,10,100,0.25\n2026-11-18T10:00:00Z,r-2,m-1,200,100,300,\n`,
    );
    await writeFile(join(bench.folder, 'later', 'a.csv'), 'no,header,of,it\n');
    await writeFile(
      join(bench.folder, 'last', 'a.csv'),
      'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd\n1,USD,Usage,2026-11-18T00:00:00Z,2026-11-19T00:00:00Z\n',
    );
    const { exit, stdout } = await bench.run('usage', 'import');
    expect(exit).toBe(2);
    expect(stdout.split('\n').map((line) => line.replace(/ {2}record .*/, ''))).toEqual([
      'app: 2 accepted, 0 left out, 0 duplicate, 0 superseded',
      '  2 requests, 400 tokens, ≥ 0.25 USD charged (50 % of rows, 25 % of known tokens)',
      expect.stringContaining('later: nothing imported: error[header-mismatch] a.csv'),
      expect.stringContaining('  Check that the export names the right adapter'),
      'last: 1 accepted, 0 left out, 0 duplicate, 0 superseded',
      '  requests unknown, tokens unknown, 1 USD charged',
      '',
    ]);
    expect(await imports()).toBe(2);
    const again = await bench.run('usage', 'import', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      exit: 2,
      data: [
        { kind: 'unchanged' },
        { kind: 'failed', export: 'later', code: 'header-mismatch' },
        { kind: 'unchanged' },
      ],
    });
    await expectIntact();
  });

  it('names an export that the plan does not approve', async () => {
    const { exit, stderr } = await bench.run('usage', 'import', 'apps');
    expect(exit).toBe(2);
    expect(stderr).toContain('error[approval-missing]');
    expect(stderr).toContain('did you mean app');
  });

  it('names a missing file', async () => {
    const { exit, stderr } = await bench.run('usage', 'import', 'app', '--file', 'nothing.csv');
    expect(exit).toBe(2);
    expect(stderr).toContain('nothing.csv');
  });

  it('says that there is no file yet', async () => {
    const { exit, stderr } = await bench.run('usage', 'import');
    expect(exit).toBe(5);
    expect(stderr).toContain('exports/*.csv');
  });

  it.each([
    ['BOM', `\uFEFF${HEADER}\n${ROW}\n`],
    ['CRLF', `${HEADER}\r\n${ROW}\r\n`],
    ['no newline at the end', `${HEADER}\n${ROW}`],
    [
      'quotes',
      `"ts","request","model","in","out","total","usd"\n"2026-11-18T10:00:00Z","r-1","m-1","10","5","15","0.25"\n`,
    ],
  ])('reads a file with %s', async (_what, text) => {
    await save(text);
    const { exit, stdout } = await bench.run('usage', 'import');
    expect(exit).toBe(0);
    expect(stdout).toContain('1 accepted, 0 left out');
  });

  it.each([
    ['a ragged row', '2026-11-18T10:00:00Z,r-2,m-1,10'],
    ['NaN', '2026-11-18T10:00:00Z,r-2,m-1,10,5,15,NaN'],
    ['infinity', '2026-11-18T10:00:00Z,r-2,m-1,10,5,15,inf'],
    ['a thousands separator', '2026-11-18T10:00:00Z,r-2,m-1,10,5,15,"1,200.5"'],
    ['a date that is none', '2026-13-45T10:00:00Z,r-2,m-1,10,5,15,0.25'],
    ['a total that contradicts its parts', '2026-11-18T10:00:00Z,r-2,m-1,10,5,99,0.25'],
    ['a negative count', '2026-11-18T10:00:00Z,r-2,m-1,-10,5,-5,0.25'],
  ])('leaves out %s with its line, and counts it', async (_what, row) => {
    await save(`${HEADER}\n${ROW}\n${row}\n`);
    const { exit, stdout } = await bench.run('usage', 'import');
    expect(exit).toBe(0);
    expect(stdout).toContain('1 accepted, 1 left out');
    expect(stdout).toMatch(/a\.csv:3 left out: /);
    await expectIntact();
  });

  it('refuses a file with key-shaped text before anything is stored', async () => {
    const key = ['sk', 'proj', 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('-');
    await save(`${HEADER}\n2026-11-18T10:00:00Z,${key},m-1,10,5,15,0.25\n`);
    const { exit, stderr, stdout } = await bench.run('usage', 'import');
    expect(exit).not.toBe(0);
    expect(stderr + stdout).not.toContain(key);
    expect(await imports()).toBe(0);
    await expectIntact();
  });

  it('says what an import would do without doing it', async () => {
    await save(`${HEADER}\n${ROW}\n2026-11-18T10:00:00Z,r-2,m-1,10,5,99,0.25\n`);
    const { exit, stdout } = await bench.run('usage', 'import', '--dry-run');
    expect([exit, stdout]).toEqual([0, 'a.csv: 1 row would be accepted at most, 1 left out\n']);
    expect(await imports()).toBe(0);
  });

  it('changes nothing when the same bytes are imported again', async () => {
    await save(`${HEADER}\n${ROW}\n`);
    await bench.run('usage', 'import');
    const { exit, stdout } = await bench.run('usage', 'import');
    expect(exit).toBe(0);
    expect(stdout).toContain('nothing new');
    expect(await imports()).toBe(1);
  });

  it('names a stored file that was cut short, as an evidence gap', async () => {
    await save(`${HEADER}\n${ROW}\n`);
    await bench.run('usage', 'import');
    const folder = join(bench.folder, '.spendproof', 'usage', 'files');
    const [name = ''] = await readdir(folder);
    const bytes = await readFile(join(folder, name));
    await rm(join(folder, name), { force: true });
    await writeFile(join(folder, name), bytes.subarray(0, bytes.length - 20));
    const { exit, stderr } = await bench.run('usage', 'aggregate', '--by', 'day');
    expect(exit).toBe(5);
    expect(stderr).toContain('error[export-unreadable]');
    await expectIntact();
  });
});

describe('a plan that cannot be used', () => {
  it('reports ten mistakes at once with their places', async () => {
    await copyFile(
      resolve('test/fixtures/plan/bad-ten-mistakes/plan.yaml'),
      join(bench.folder, 'spendproof.yaml'),
    );
    const { exit, stderr } = await bench.run('plan');
    expect(exit).toBe(2);
    expect(stderr).toContain('10 errors. Nothing was changed.');
  });

  it('refuses an unknown unit of cost', async () => {
    await writeFile(join(bench.folder, 'spendproof.yaml'), plan({ unit: 'bananas' }));
    const { exit, stderr } = await bench.run('plan');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/spendproof\.yaml:\d+:\d+/);
  });

  it('says that there is none', async () => {
    await rm(join(bench.folder, 'spendproof.yaml'));
    const { exit, stderr } = await bench.run('review');
    expect(exit).toBe(2);
    expect(stderr).toContain('spendproof init');
  });
});

describe('an expired approval', () => {
  it('is inconclusive in a review, and the export is not read', async () => {
    const text = plan().replace('date: 2026-11-01 }', 'date: 2026-11-01, until: 2026-11-10 }');
    bench = await project(text);
    await save(`${HEADER}\n${ROW}\n`);
    const { exit, stdout } = await bench.run('review');
    expect(exit).toBe(5);
    expect(stdout).toContain('approval');
    expect(await imports()).toBe(0);
  });
});

describe('the command line', () => {
  it.each([
    [['reveiw'], 'Did you mean review'],
    [['review', '--trigger', 'prompt-chnage'], 'Did you mean prompt-change'],
    [['docs', 'chek'], 'Did you mean check'],
    [['ledger', 'nothing-like-it'], 'There are: log, show'],
    [['look'], 'missing required argument'],
    [['plan', '--format', 'jsn'], 'Did you mean json'],
    [['review', '--as-of', 'yesterday'], '--as-of'],
    [['--operator', 'nobody', 'review'], 'Expected the operator to be an owner'],
    [['plan', 'accept'], 'See spendproof plan --help.'],
    [['--operator', 'nobody', 'plan'], 'Expected the operator to be an owner'],
    [['usage', 'aggregate', '--by', 'modle'], 'Expected --by to be one of day, export'],
    [['usage', 'aggregate', '--by', 'modle'], 'Did you mean model?'],
    [['usage', 'aggregate', '--filter', 'mdel=a'], 'Expected the key of --filter to be one of'],
    [['usage', 'aggregate', '--by', 'month,day'], 'Expected --by to name one of day, week'],
    [['usage', 'aggregate', '--by', 'month', '--measures', 'seats'], 'do not add up'],
    [['budget', 'explain', 'nothing-like-it'], 'Expected the name of a budget of the plan'],
  ])('answers %j with what to do, exit 2', async (argv, said) => {
    const { exit, stderr } = await bench.run(...argv);
    expect(exit).toBe(2);
    expect(stderr).toContain(said);
  });

  it.each([
    [['lok', '--json'], "unknown command 'lok'"],
    [['usage', 'list', '--nothing-like-it', '--format', 'json'], 'unknown option'],
    [['look', '--format=json'], 'missing required argument'],
  ])('gives programs an envelope for %j too', async (argv, said) => {
    const { exit, stdout } = await bench.run(...argv);
    const { ok, errors } = JSON.parse(stdout) as {
      ok: boolean;
      errors: readonly { code: string; message: string }[];
    };
    expect([exit, ok, errors[0]?.code]).toEqual([2, false, 'usage']);
    expect(errors[0]?.message).toContain(said);
  });

  it('says where there is nothing to show, and keeps the header for programs', async () => {
    const empty = ['usage', 'aggregate', '--from', '2019-01-01', '--until', '2019-02-01'] as const;
    const { stdout } = await bench.run(...empty);
    expect(stdout).toContain('No imported usage in 2019-01-01 to 2019-01-31');
    expect((await bench.run(...empty, '--format', 'csv')).stdout).toMatch(/^.*requests,tokens/);
  });

  it('filters by a value that holds the sign between key and value', async () => {
    await save(`${HEADER}\n${ROW}\n2026-11-18T11:00:00Z,r-2,m=1=a,10,5,15,0.50\n`);
    await bench.run('usage', 'import');
    const asked = ['usage', 'aggregate', '--from', '2026-11-18', '--until', '2026-11-19'];
    const filter = ['--filter', 'model=m=1=a', '--measures', 'chargedCost', '--format', 'csv'];
    const { stdout } = await bench.run(...asked, ...filter);
    expect(stdout).toContain('2026-11-18,0.5\r\n');
  });

  it('lists eight commands, and the rest one word away', async () => {
    const short = (await bench.run('--help')).stdout;
    expect(short.match(/^ {2}(look|init|plan|review|docs|budget|smoke|ledger) /gm)).toHaveLength(8);
    expect(short).not.toMatch(/^ {2}usage /m);
    expect((await bench.run('help', '--all')).stdout).toMatch(/^ {2}usage /m);
    expect((await bench.run('help', 'review')).stdout).toContain('--trigger');
  });
});

describe('a document server that misbehaves', () => {
  let server: DocumentServer;
  beforeAll(async () => {
    server = await startDocumentServer();
  });
  afterAll(async () => await server.close());

  const LOGIN =
    '<html lang="en"><head><title>Sign in</title></head><body><main><h1>Sign in</h1><form><p>Please log in to continue to the page that you asked for; enter your email address and your password below.</p><input type="password"></form></main></body></html>';

  it.each([
    ['redirects to another host', '10m', () => redirect(302, 'https://login.example.com/sso')],
    ['drips for ever', '1s', () => drip],
    ['answers 200 with a login page', '10m', () => LOGIN],
  ])('is unreadable, never changed or gone, when it %s', async (_what, timeout, handler) => {
    server.serve('/page', handler());
    const extra = `network: { loopback: ["${server.host}"] }\ndocuments:\n  - { id: page, url: "${server.origin}/page", purpose: Test, mustContain: [pricing], fetch: { timeout: ${timeout} } }\n`;
    bench = await project(plan({ extra }));
    await save(`${HEADER}\n${ROW}\n`);
    const { exit, stdout } = await bench.run('docs', 'check', '--json');
    expect(exit).toBe(5);
    expect(JSON.parse(stdout).data[0].state).toContain('unreadable');
    expect((await bench.run('review')).exit).toBe(5);
    await expectIntact();
  });
});

describe.skipIf(!existsSync(MAIN))(
  'a disk or a person that interrupts (skipped without a build)',
  () => {
    const rows = (count: number): string =>
      `${HEADER}\n${Array.from({ length: count }, (_, index) => `2026-11-18T10:00:00Z,r-${index},m-1,10,5,15,0.25`).join('\n')}\n`;

    it('leaves nothing half-written when it is interrupted in the middle of an import', async () => {
      await save(rows(100_000));
      const temp = join(bench.folder, '.spendproof', 'usage', 'temp');
      const signal = { DIE_BELOW: temp, DIE_AT_FILE: 'stage-', DIE_OF: 'SIGINT' };
      const env = { ...process.env, ...bench.env, ...signal };
      const argv = ['--require', resolve('test/fixtures/die-at-file.cjs'), MAIN, 'usage', 'import'];
      const child = spawn(process.execPath, argv, {
        cwd: bench.folder,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (chunk) => (said += String(chunk)));
      const status = await new Promise<number | null>((ended) => child.once('close', ended));
      expect(status).toBe(130);
      expect(said).toContain('error[interrupted] Interrupted; nothing half-written counts');
      expect(await imports()).toBe(0);
      await expectIntact();
      expect((await bench.run('usage', 'import')).exit).toBe(0);
      expect(await imports()).toBe(1);
    });

    it('says that the disk is full and keeps what was there', async (context) => {
      const small = join(bench.folder, '.spendproof', 'usage');
      await mkdir(small, { recursive: true });
      const mounted =
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', small]).status === 0;
      if (!mounted) context.skip('a small disk cannot be mounted here');
      try {
        await save(
          rows(60_000).replace(/r-(\d+)/g, (_all, index: string) => `r-${Math.sin(Number(index))}`),
        );
        const { exit, stderr } = await bench.run('usage', 'import');
        expect(stderr).toContain('error[disk-full]');
        expect(exit).toBe(1);
        expect(await imports()).toBe(0);
        await expectIntact();
      } finally {
        spawnSync('umount', ['--lazy', small]);
      }
    });

    it('says that a folder cannot be written', async (context) => {
      await save(`${HEADER}\n${ROW}\n`);
      const ledger = join(bench.folder, '.spendproof');
      const bound =
        spawnSync('mount', ['--bind', ledger, ledger]).status === 0 &&
        spawnSync('mount', ['-o', 'remount,ro,bind', ledger]).status === 0;
      if (!bound) context.skip('a read-only folder cannot be made here');
      try {
        const { exit, stderr } = await bench.run('usage', 'import');
        expect(exit).toBe(4);
        expect(stderr).toContain('error[file-not-writable]');
        await expectIntact();
      } finally {
        spawnSync('umount', ['--lazy', ledger]);
      }
    });
  },
);
