import { expect, it } from 'vitest';
import { inStore } from '../../../test/fixtures/usage/in-store.ts';
import { mappedPlan } from '../../../test/fixtures/usage/table-plan.ts';
import type { Aggregate } from '../../usage/index.ts';
import { explainRow } from './explain-row.ts';

const planWith = (allocation: string, workloads = 'workloads: [search, bot]') =>
  mappedPlan(
    'ts,key,project,model,workload,usd',
    `key: none
     columns: { startAt: ts, keyRef: key, projectRef: project, modelRequested: model, workload: workload }
     cost: { field: usd, unit: USD, basis: charged }`,
    { plan: `owners: [{ id: finops }, { id: web }]\n${workloads}\nallocation:\n${allocation}` },
  );

/** Every way of saying, or not saying, what allocation looks at, on two dates. */
const LINES = ['2026-11-09T12:00:00Z', '2026-11-10T12:00:00Z'].flatMap((at) =>
  ['', 'k-1', '*'].flatMap((key) =>
    ['', 'p-1'].flatMap((project) =>
      ['', 'm-1', 'gw'].flatMap((model) =>
        ['', 'search', 'nobody'].map((workload) =>
          [at, key, project, model, workload, '1'].join(','),
        ),
      ),
    ),
  ),
);

const SHARED =
  '  shared: [{ id: gateway, when: { model: [gw] }, split: { method: even, to: [bot] } }]';
const KEYS = '{ when: { key: [k-1] }, workload: bot, owner: web }';
const DATED = '{ when: { model: [m-1] }, workload: search, from: 2026-11-10 }';
const OVER = '{ when: { project: [p-1] }, workload: search, until: 2026-11-10 }';
const ELSEWHERE = '{ when: { environment: [staging] }, workload: search }';
const PROVIDER = '{ when: { provider: [cometapi], workload: [nobody] }, owner: web }';

it.each([
  ['rules by key', planWith(`  rules: [${KEYS}]\n${SHARED}`)],
  ['rules on their dates', planWith(`  rules: [${DATED}, ${OVER}]\n${SHARED}`)],
  ['rules of other exports', planWith(`  rules: [${ELSEWHERE}, ${PROVIDER}]\n${SHARED}`)],
  ['rules that shadow each other', planWith(`  rules: [${OVER}, ${KEYS}, ${DATED}]\n${SHARED}`)],
  ['no rule', planWith(SHARED)],
  ['no rule and no workload', planWith('  rules: [{ when: { key: [k-1] }, owner: web }]', '')],
])('explains %s as the store decides', async (_, plan) => {
  await inStore(plan, ['ts,key,project,model,workload,usd', ...LINES], async ({ ask }) => {
    const facts = ['day', 'key', 'project', 'model', 'statedWorkload'] as const;
    const { rows } = await ask({ by: [...facts, 'rule', 'pool'] });
    const allocated = await ask({ by: [...facts, 'workload', 'owner'] });
    expect(rows.length).toBe(LINES.length);
    for (const row of rows) {
      const { rule, pool, ...said } = row.group;
      const why = explainRow(plan, factsOf(said));
      const decided = rule === null ? (pool === null ? null : `shared ${pool}`) : `rule ${rule}`;
      expect([said, why.decidedBy]).toEqual([said, decided]);
      // Shared cost is with those whom it was split to.
      if (pool !== null) continue;
      const { workload, owner } = groupOf(allocated, said);
      expect([said, why.workload, why.owner]).toEqual([said, workload, owner]);
    }
  });
});

it('says what speaks against an entry, which came too late, and how shared cost is split', () => {
  const by = (split: string) =>
    planWith(`  rules: [${DATED}, ${OVER}, ${KEYS}]
  shared:
    - { id: gateway, when: { model: [gw, m-1] }, split: ${split} }`);
  const row = factsOf({ day: '2026-11-09', key: 'k-1', model: 'm-1' });
  expect(explainRow(by('{ method: proportional, to: [bot, search] }'), row)).toEqual({
    trail: [
      { entry: 'rule 1', matches: false, because: 'valid from 2026-11-10' },
      { entry: 'rule 2', matches: false, because: 'project is not said, not p-1' },
      { entry: 'rule 3', matches: true, because: '' },
      { entry: 'shared gateway', matches: true, because: '' },
    ],
    decidedBy: 'rule 3',
    shadowed: ['shared gateway'],
    workload: 'bot',
    owner: 'web',
  });
  const shared = factsOf({ day: '2026-11-10', key: 'k-2', project: 'p-1', model: 'gw' });
  const explained = (split: string) => {
    const { trail, workload } = explainRow(by(split), shared);
    return [...trail.map(({ because }) => because), workload];
  };
  expect(explained('{ method: proportional, to: [bot, search] }')).toEqual([
    'model is gw, not m-1',
    'valid until 2026-11-10',
    'key is k-2, not k-1',
    '',
    'split proportional by requests to bot, search',
  ]);
  expect(explained('{ method: even, to: [bot] }').at(-1)).toBe('split even to bot');
});

type Group = Aggregate['rows'][number]['group'];

const factsOf = ({ day, key, project, model, statedWorkload }: Group) => ({
  date: day ?? '',
  key: key ?? null,
  project: project ?? null,
  model: model ?? null,
  workload: statedWorkload ?? null,
  provider: 'cometapi',
  environment: 'production',
});

/** Finds where the store put rows that say this. */
function groupOf({ rows }: Aggregate, said: Group): Group {
  const isSame = ({ group }: { readonly group: Group }) =>
    Object.entries(said).every(([name, value]) => group[name as keyof Group] === value);
  const own = rows.filter(isSame);
  expect(own).toHaveLength(1);
  return own[0]?.group ?? {};
}
