import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Digest, type Instant, sha256 } from '../core/index.ts';
import { pricingPage } from '../../test/servers/documents.ts';
import type { Plan } from '../plan/index.ts';
import { digestDocument, NORMALISER, normalisePage } from '../verify/index.ts';
import { planDocument } from '../verify/documents/testing.ts';
import { archiveBody, pruneBodies, readBody } from './document-archive.ts';
import { baselineOf, type DocumentHistory } from './document-baseline.ts';
import type { Workspace } from './workspace.ts';

const NOW = '2026-11-23T08:00:00Z' as Instant;
const OLD = sha256('what an older normaliser made of it');
let state = '';
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'spendproof-baseline-'));
});
afterAll(async () => {
  await rm(state, { recursive: true, force: true });
});

type Check = DocumentHistory['checks'][number]['body'];
const body = (extra: Partial<Check>): Check => ({
  kind: 'document-check',
  document: 'pricing',
  review: null,
  outcome: 'pass',
  reasons: [],
  missing: [],
  state: 'same',
  detail: 'unchanged',
  fresh: true,
  accessedAt: NOW,
  status: 200,
  redirects: 0,
  representation: 'html',
  normaliser: NORMALISER,
  raw: null,
  content: OLD,
  outline: null,
  links: null,
  accepted: null,
  changes: { cosmetic: 0, editorial: 0, identifier: 0, value: 0, structural: 0 },
  claims: [],
  ...extra,
});
const context = { at: NOW, operator: 'finops', plan: null, planFile: null, tool: '0.1.0' };
const stored = <B>(index: number, found: B) => ({
  ref: sha256(String(index)),
  index,
  context,
  body: found,
});
const accept = (index: number) =>
  stored(index, {
    kind: 'accept',
    document: 'pricing',
    content: OLD,
    from: null,
    by: 'finops',
  } as const);

async function baseline(checks: readonly Partial<Check>[]) {
  const plan = { timezone: 'UTC', documents: [planDocument()] };
  const workspace = { plan, state, ports: { clock: { now: () => NOW } } } as unknown as Workspace;
  return await baselineOf(workspace, 'pricing', {
    checks: checks.map((found, index) => stored(index === 0 ? 0 : index + 1, body(found))),
    accepts: [accept(1)],
    attests: [],
  });
}

describe('baselineOf', () => {
  it('reads archived bytes again when an older normaliser made the accepted text', async () => {
    const page = Buffer.from(pricingPage());
    const raw = sha256(page);
    const older = { normaliser: 'nd0', raw, state: 'new', detail: 'first-sight' } as const;
    expect((await baseline([older])).accepted?.normalised).toBeUndefined();
    await archiveBody(state, raw, page, NOW);
    const { accepted } = await baseline([older]);
    const read = normalisePage({ body: page, contentType: 'text/html', url: 'https://d.example/' });
    const today = read.kind === 'normalised' ? digestDocument(read.document).content : undefined;
    expect(accepted).toMatchObject({ content: OLD, normaliser: 'nd0', upgraded: today });
    await archiveBody(state, raw, Buffer.from('something else'), NOW);
    expect((await baseline([older])).accepted).not.toHaveProperty('upgraded');
  });

  it('keeps what once counted as the accepted text', async () => {
    const today = sha256('today');
    const upgraded = { content: today, accepted: { content: OLD, by: 'finops', on: '2026-11-22' } };
    expect((await baseline([{}, upgraded])).variants).toContain(today);
    const changed = { ...upgraded, state: 'changed', detail: 'changed' } as const;
    expect((await baseline([{}, changed])).variants).not.toContain(today);
    const cosmetic = { ...upgraded, state: 'changed', detail: 'changed-cosmetic' } as const;
    expect((await baseline([{}, cosmetic])).variants).toContain(today);
  });

  it('counts flips of a week, and doubted checks in a row', async () => {
    const [one, two] = [sha256('one'), sha256('two')] as [Digest, Digest];
    const at = (day: number, content: Digest, extra: Partial<Check> = {}): Partial<Check> => ({
      accessedAt: `2026-11-${day}T08:00:00Z`,
      content,
      ...extra,
    });
    const flipping = await baseline([at(10, one), at(17, one), at(18, two), at(19, one)]);
    expect(flipping.flips).toBe(2);
    expect(flipping.doubted).toBeUndefined();
    const degraded = { state: 'unreadable', detail: 'degraded' } as const;
    const doubting = await baseline([at(18, one), at(19, two, degraded), at(20, two, degraded)]);
    expect(doubting.doubted).toEqual({ content: two, times: 2, since: '2026-11-19T08:00:00Z' });
    expect(doubting.lastVerified).toBe(NOW);
  });
});

describe('the archive', () => {
  const planOf = (keep: 'digests' | 'local'): Plan =>
    ({ documents: [planDocument({ keep, retention: '1d' })] }) as unknown as Plan;

  it('gives back what was archived until its retention ends, and all of it when nothing is to be kept', async () => {
    const page = Buffer.from('a page');
    const raw = sha256(page);
    await archiveBody(state, raw, page, NOW);
    expect(Buffer.from((await readBody(state, raw)) ?? []).toString()).toBe('a page');
    expect(await pruneBodies(state, planOf('local'), '2026-11-24T07:00:00Z' as Instant)).toBe(0);
    expect(await pruneBodies(state, planOf('digests'), NOW)).toBeGreaterThan(0);
    expect(await readBody(state, raw)).toBeUndefined();
    expect(await pruneBodies(join(state, 'nowhere'), planOf('local'), NOW)).toBe(0);
  });
});
