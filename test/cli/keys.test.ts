import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
  await bench.run('init');
  const plan = join(bench.folder, 'spendproof.yaml');
  writeFileSync(plan, `${readFileSync(plan, 'utf8')}\nreview: { quorum: { reviewers: 1 } }\n`);
});

const ledger = (): string => join(bench.folder, '.spendproof/ledger');

/** Runs a command line as another person: the same folder, another key folder. */
async function as(person: string, ...argv: readonly string[]) {
  const home = bench.env['SPENDPROOF_HOME'];
  bench.env['SPENDPROOF_HOME'] = join(bench.folder, '..', `${home}-${person}`);
  try {
    return await bench.run(...argv);
  } finally {
    bench.env['SPENDPROOF_HOME'] = home;
  }
}

const data = (text: string) => JSON.parse(text).data;

async function enrolReviewer(person: string, role: string): Promise<void> {
  const made = await as(person, 'key', 'enrol', '--reviewer', role);
  expect(made).toMatchObject({ exit: 0 });
  const enrolled = await bench.run('key', 'enrol', '--key', made.stdout.trim());
  expect(enrolled).toMatchObject({ exit: 0 });
}

describe('a second reviewer', () => {
  it('is enrolled, cosigns, and brings the quorum of the plan', async () => {
    await enrolReviewer('ann', 'finance');
    const listed = await bench.run('key', 'list');
    expect(listed.stdout).toMatch(/^reviewer +3 /m);
    expect(listed.stdout).toContain('1 reviewer must cosign a change of keys or quorum');
    const done = await as('ann', 'cosign', '--by', 'finance');
    expect([done.exit, done.stderr.includes('give the ledger folder back')]).toEqual([0, true]);
    expect(done.stdout).toMatch(/^ok {3}cosigned 5 records of spendproof\.local\/\S+ as finance/);
    const verified = await bench.run('ledger', 'verify');
    expect([verified.exit, verified.stdout]).toEqual([
      0,
      expect.stringContaining('5 of them cosigned by'),
    ]);
    expect((await as('ann', 'cosign', '--by', 'finance')).stdout).toContain('it grew from 5');
    expect(await as('bob', 'cosign', '--by', 'finance')).toMatchObject({ exit: 4 });
  });

  it('cosigns a folder that stands elsewhere, without a plan', async () => {
    await enrolReviewer('ann', 'finance');
    const copy = join(bench.folder, 'copy');
    cpSync(ledger(), copy, { recursive: true });
    const folder = ['--ledger', copy];
    expect(await as('ann', 'cosign', '--by', 'finance', ...folder)).toMatchObject({ exit: 0 });
    const verified = await as('ann', 'ledger', 'verify', ...folder, '--at', '5');
    expect(verified.stdout).toContain('5 of them cosigned');
  });

  it('approves what others changed, and is asked before', async () => {
    await enrolReviewer('ann', 'finance');
    const rotated = await bench.run('key', 'rotate', 'runner');
    expect(rotated.exit).toBe(0);
    expect(rotated.stderr).toContain('cosign --by ROLE --approve');
    const waiting = await bench.run('ledger', 'verify');
    expect([waiting.exit, waiting.stdout]).toEqual([7, expect.stringContaining('quorum at 5')]);
    const asked = await as('ann', 'cosign', '--by', 'finance');
    expect([asked.exit, asked.stderr]).toEqual([2, expect.stringContaining('--approve')]);
    const approved = await as('ann', 'cosign', '--by', 'finance', '--approve');
    expect(approved.stderr).toContain('Approved the changes in records 5, 6.');
    expect(await bench.run('ledger', 'verify')).toMatchObject({ exit: 0 });
    expect((await bench.run('key', 'list')).stdout).toMatch(/^runner +0 +7 /m);
  });

  it('cannot be revoked below the quorum, and the quorum follows the plan', async () => {
    await enrolReviewer('ann', 'finance');
    const [reviewer] = data((await bench.run('key', 'list', '--json')).stdout).keys.slice(-1);
    const id = reviewer.key.split('+')[1];
    expect(await bench.run('key', 'revoke', id)).toMatchObject({ exit: 2 });
    expect(await bench.run('key', 'revoke', '00000000')).toMatchObject({ exit: 2 });
    const plan = join(bench.folder, 'spendproof.yaml');
    const text = readFileSync(plan, 'utf8');
    writeFileSync(plan, text.replace('reviewers: 1', 'reviewers: 2'));
    expect(await bench.run('key', 'quorum')).toMatchObject({ exit: 2 });
    writeFileSync(plan, text.replace('reviewers: 1', 'reviewers: 0'));
    expect(await bench.run('key', 'quorum')).toMatchObject({ exit: 0 });
    expect(await bench.run('key', 'revoke', id)).toMatchObject({ exit: 0 });
    await as('ann', 'cosign', '--by', 'finance', '--approve');
    expect((await bench.run('ledger', 'verify')).stdout).toContain('7 of them cosigned');
    expect((await bench.run('key', 'list')).stdout).toContain('UNWITNESSED');
  });

  it.each([
    ['a text that is no key', ['key', 'enrol', '--key', 'x+00000000+AAAA']],
    ['two things at once', ['key', 'enrol', '--key', 'x', '--reviewer', 'finance']],
    ['another use', ['key', 'rotate', 'reviewer']],
    ['a role without a key', ['key', 'enrol', '--reviewer', 'Finance Team']],
  ])('and the operator are told of %s', async (_what, argv) => {
    expect(await bench.run(...argv)).toMatchObject({ exit: 2 });
  });
});

describe('the keys of a machine', () => {
  it.each(['log', 'runner'])('rotate: the %s key', async (use) => {
    expect(await bench.run('key', 'rotate', use)).toMatchObject({ exit: 0 });
    expect(await bench.run('key', 'rotate', use)).toMatchObject({ exit: 0 });
    expect(await bench.run('ledger', 'verify')).toMatchObject({ exit: 0 });
    const { keys } = data((await bench.run('key', 'list', '--json')).stdout);
    const spans = keys.filter((key: { use: string }) => key.use === use);
    expect(spans.map(({ until }: { until: number | null }) => until)).toEqual([5, 7, null]);
  });

  it('both sign the checkpoint over the change, so that who knows one of them is led to the other', async () => {
    const before = await bench.run('ledger', 'verify', '--json');
    const { size, signedBy } = data(before.stdout);
    expect(await bench.run('key', 'rotate', 'log')).toMatchObject({ exit: 0 });
    const { keys } = data((await bench.run('key', 'list', '--json')).stdout);
    const [old, next] = keys.filter(({ use }: { use: string }) => use === 'log');
    expect(old.key.startsWith(signedBy[0])).toBe(true);
    for (const [name, vkey, at, exit] of [
      ['both', old.key, size + 1, 0],
      ['both', next.key, size + 1, 0],
      ['the old one alone', next.key, size, 7],
      ['the new one alone', old.key, size + 2, 7],
    ] as const) {
      const policy = join(bench.folder, 'policy');
      writeFileSync(policy, `log ${vkey}\nquorum none\n`);
      const done = await bench.run('ledger', 'verify', '--policy', policy, '--at', String(at));
      expect([name, done.exit, done.stdout]).toEqual([name, exit, expect.any(String)]);
    }
  });
});

describe('a ledger for others', () => {
  it('is proved, compared and exported', async () => {
    await enrolReviewer('ann', 'finance');
    await as('ann', 'cosign', '--by', 'finance');
    const policy = join(bench.folder, 'my-policy');
    cpSync(join(ledger(), 'policy'), policy);
    const checkpoint = join(bench.folder, 'seen');
    cpSync(join(ledger(), 'checkpoint'), checkpoint);
    const strict = ['ledger', 'verify', '--policy', policy, '--trusted', checkpoint];
    expect(await bench.run(...strict)).toMatchObject({ exit: 0 });

    const { records } = data((await bench.run('ledger', 'log', '--json')).stdout);
    const ref = records[0].record.slice(7, 20);
    const proof = join(bench.folder, 'one.tlog-proof');
    expect(await bench.run('ledger', 'prove', ref, '--at', '5', '--out', proof)).toMatchObject({
      exit: 0,
    });
    const proved = await bench.run('ledger', 'verify-proof', proof, '--policy', policy);
    expect(proved.stdout).toMatch(/policy-change record .* is entry 4 of 5 .* cosigned by /);
    expect(await bench.run('ledger', 'verify-proof', proof)).toMatchObject({ exit: 2 });
    writeFileSync(proof, readFileSync(proof, 'utf8').replace(/— \S+finance .*\n/, ''));
    expect(await bench.run('ledger', 'verify-proof', proof, '--policy', policy)).toMatchObject({
      exit: 7,
      stdout: expect.stringContaining('not cosigned as the policy asks'),
    });

    const diff = await bench.run('ledger', 'diff', '5', '3');
    expect(diff.stdout.match(/^\+/gm)).toHaveLength(2);
    expect(diff.stdout).toContain('ok   it only grew: a consistency proof of');
    expect(await bench.run('ledger', 'diff', '3', '50')).toMatchObject({ exit: 2 });

    const lines = (await bench.run('ledger', 'export', '--from', '1')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).index)).toEqual([1, 2, 3, 4]);
    expect((await bench.run('ledger', 'export', '--as', 'svr')).stdout).toBe('');
    expect(await bench.run('ledger', 'export', '--as', 'xml')).toMatchObject({ exit: 2 });
    expect(await bench.run('ledger', 'export', '--from', '1.5')).toMatchObject({ exit: 2 });
  });
});
