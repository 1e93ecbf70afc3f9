import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { planOf, readFixture, TODAY } from '../../test/fixtures/plan/fixtures.ts';
import { AppError, sha256, VERSION } from '../core/index.ts';
import { planDigest } from './expanded-yaml.ts';
import { findPlan, loadPlan, PLAN_BYTES_MAX } from './load.ts';

const SMALL = readFixture('ok-small');
const context = { adapters: TEST_ADAPTERS, today: TODAY };
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(name: string, data: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, data);
  return path;
}

async function errorOf(action: Promise<unknown>): Promise<AppError> {
  const error: unknown = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw new Error(`Expected an AppError, got ${String(error)}`);
}

describe('loadPlan', () => {
  it('names the file, its bytes, the expanded plan and the release', async () => {
    const path = await write('spendproof.yaml', SMALL);
    expect(await loadPlan(path, context)).toEqual({
      plan: planOf(SMALL),
      path,
      folder,
      text: SMALL,
      fileDigest: sha256(SMALL),
      planDigest: planDigest(planOf(SMALL)),
      version: VERSION,
      warnings: [],
    });
  });

  it('reads through a link, whose folder is the one that counts', async () => {
    await mkdir(join(folder, 'here'));
    const link = join(folder, 'here', 'plan.yaml');
    await symlink(await write('there.yaml', SMALL), link);
    expect((await loadPlan(link, context)).folder).toBe(join(folder, 'here'));
  });

  it('gives another file digest and the same plan digest for CRLF and a byte order mark', async () => {
    const plain = await loadPlan(await write('a.yaml', SMALL), context);
    const other = await loadPlan(
      await write('b.yaml', `\uFEFF${SMALL.replaceAll('\n', '\r\n')}`),
      context,
    );
    expect(other.fileDigest).not.toBe(plain.fileDigest);
    expect(other.planDigest).toBe(plain.planDigest);
  });

  it('carries warnings along', async () => {
    const path = await write('a.yaml', SMALL.replace('0.5', '50'));
    const { warnings } = await loadPlan(path, context);
    expect(warnings).toMatchObject([{ rule: 'share-percent', file: path }]);
  });

  it('throws the first mistake with its place, and all of them in the details', async () => {
    const path = await write('a.yaml', readFixture('bad-ten-mistakes'));
    const error = await errorOf(loadPlan(path, context));
    expect(error).toMatchObject({ code: 'plan-schema', exit: 2 });
    expect(error.content).toMatchObject({ file: path, line: 4, column: 11 });
    expect(error.content.message).toContain('timezone: expected an IANA time zone');
    expect(error.content.details?.at(-1)).toBe('10 errors. Nothing was changed.');
  });

  it('names no key where the whole text is the mistake', async () => {
    const error = await errorOf(loadPlan(await write('a.yaml', 'hello'), context));
    expect(error.message).toBe('expected a plan (a map of sections), got text');
    expect(error.content).toMatchObject({ line: 1, column: 1 });
  });

  it('keeps the hint of the first mistake', async () => {
    const error = await errorOf(loadPlan(await write('a.yaml', `${SMALL}teem: a\n`), context));
    expect(error.content.hint).toBe('did you mean "team"?');
  });

  it('passes over warnings when it names the first mistake', async () => {
    const text = `${SMALL.replace('0.5', '50')}teem: x\n`;
    const error = await errorOf(loadPlan(await write('a.yaml', text), context));
    expect(error.content.line).toBe(12);
    expect(error.content.details?.at(-1)).toBe('1 error, 1 warning. Nothing was changed.');
  });

  it('says that there is no plan where there is none, or a folder', async () => {
    expect(await errorOf(loadPlan(join(folder, 'none.yaml'), context))).toMatchObject({
      code: 'plan-missing',
      content: { message: 'Expected a plan, found no file of this name' },
    });
    expect(await errorOf(loadPlan(folder, context))).toMatchObject({ code: 'plan-missing' });
    const inside = join(await write('a.yaml', SMALL), 'b.yaml');
    expect(await errorOf(loadPlan(inside, context))).toMatchObject({
      code: 'plan-missing',
      content: { message: 'Expected a plan that can be read, got ENOTDIR' },
    });
  });

  it('refuses a file beyond its cap, and takes one of exactly the cap', async () => {
    const filled = SMALL + '#'.repeat(PLAN_BYTES_MAX - SMALL.length);
    expect((await loadPlan(await write('a.yaml', filled), context)).plan.owner).toBe('finops');
    const error = await errorOf(loadPlan(await write('b.yaml', `${filled}#`), context));
    expect(error).toMatchObject({ code: 'plan-syntax' });
    expect(error.message).toContain('at most 1048576 bytes, got 1048577');
  });

  it('refuses bytes that are no UTF-8', async () => {
    const path = await write('a.yaml', new Uint8Array([0x61, 0xff, 0xfe]));
    expect(await errorOf(loadPlan(path, context))).toMatchObject({ code: 'plan-syntax' });
  });
});

describe('findPlan', () => {
  it('takes --config before the variable, and both relative to the folder', async () => {
    const env = { SPENDPROOF_PLAN: 'b.yaml' };
    expect(await findPlan(folder, { config: 'a.yaml', env })).toBe(join(folder, 'a.yaml'));
    expect(await findPlan(folder, { env })).toBe(join(folder, 'b.yaml'));
  });

  it('looks upwards to the git root and no further', async () => {
    await mkdir(join(folder, 'repo', 'a', 'b'), { recursive: true });
    await mkdir(join(folder, 'repo', '.git'));
    const deep = join(folder, 'repo', 'a', 'b');
    await write('spendproof.yaml', SMALL);
    expect((await errorOf(findPlan(deep, { env: {} }))).code).toBe('plan-missing');
    await write('repo/spendproof.yaml', SMALL);
    expect(await findPlan(deep, { env: { SPENDPROOF_PLAN: '' } })).toBe(
      join(folder, 'repo', 'spendproof.yaml'),
    );
    await write('repo/a/spendproof.yaml', SMALL);
    expect(await findPlan(deep, { env: {} })).toBe(join(folder, 'repo', 'a', 'spendproof.yaml'));
  });

  it('looks only in the folder itself outside a repository', async () => {
    await mkdir(join(folder, 'inner'));
    await write('spendproof.yaml', SMALL);
    expect(await findPlan(folder, { env: {} })).toBe(join(folder, 'spendproof.yaml'));
    expect((await errorOf(findPlan(join(folder, 'inner'), { env: {} }))).code).toBe('plan-missing');
  });
});
