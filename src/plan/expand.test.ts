import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { parse, planOf, readFixture, wordsOf } from '../../test/fixtures/plan/fixtures.ts';
import { canonicalJson, type Json } from '../core/index.ts';
import { expand } from './expand.ts';
import { expandedYaml, planDigest } from './expanded-yaml.ts';
import type { PlanBudget } from './schema/plan.ts';
import { METRIC_PRESETS } from './presets/metrics.ts';
import { presetOf, PROVIDER_PRESETS } from './presets/providers.ts';

const SMALL = readFixture('ok-small');
const EXAMPLE = readFixture('ok-example');
/** Rules that a person wrote, `at` included. */
const writtenRules = ({ rules }: PlanBudget): readonly string[] =>
  rules.filter(({ implied }) => implied !== true).map(({ id }) => id);

const firstBudget = (text: string) => planOf(text).budgets[0];

/** Plans as people might write them: every short form, with and without each section. */
const generatedPlan = fc
  .record(
    {
      version: fc.constant(1),
      provider: fc.constant('cometapi'),
      team: fc.constantFrom('a', 'b-2'),
      currency: fc.constantFrom('USD', 'EUR'),
      owner: fc.constantFrom('finops', 'ops'),
      review: fc.record(
        {
          cadence: fc.record(
            {
              every: fc.constantFrom('day', 'week', 'month'),
              grace: fc.constantFrom('1h', '90m', '48h', '1ms'),
            },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      notify: fc.constantFrom({ file: 'outbox' }, [{ id: 'c', kind: 'slack', url: { env: 'X' } }]),
      exports: fc.constantFrom(
        [],
        [
          {
            id: 'quota',
            adapter: 'cometapi-quota',
            path: 'a/*.json',
            approved: { by: 'ana', date: '2026-11-23' },
          },
        ],
      ),
      metrics: fc.subarray([
        'cost-per-1k-requests',
        'cost-per-request',
        { id: 'own', denominator: { count: 'requests' } },
      ]),
      budgets: fc.uniqueArray(
        fc.record(
          {
            id: fc.constantFrom('a', 'b', 'c'),
            amount: fc.constantFrom('1', '1200.00'),
            owner: fc.constantFrom('finops', 'ben'),
            at: fc.uniqueArray(fc.constantFrom(0.125, 0.5, 0.8, 0.875, 1, 1.5), { minLength: 1 }),
            period: fc.constantFrom({ every: 'week' }, { from: '2026-01-01', until: '2026-02-01' }),
          },
          { requiredKeys: ['id', 'amount'] },
        ),
        { selector: ({ id }) => id },
      ),
      documents: fc.constantFrom(
        [],
        [{ id: 'cometapi-pricing', freshness: { maxAge: '40d' } }],
        [{ id: 'terms', kind: 'attested', purpose: 'x' }],
      ),
    },
    { requiredKeys: ['version'] },
  )
  .filter(
    // An override needs the preset whose document it overrides.
    ({ provider, documents }) =>
      provider !== undefined || documents?.[0]?.id !== 'cometapi-pricing',
  );

describe('expand', () => {
  it.each(['ok-example', 'ok-small'])('is a fixed point on %s', (name) => {
    const plan = planOf(readFixture(name));
    const yaml = expandedYaml(plan);
    expect(planOf(yaml)).toEqual(plan);
    expect(planDigest(planOf(yaml))).toBe(planDigest(plan));
    expect(expandedYaml(planOf(yaml))).toBe(yaml);
    expect(wordsOf(yaml)).toEqual([]);
  });

  it('is a fixed point on any plan that is valid', () => {
    fc.assert(
      fc.property(generatedPlan, (raw) => {
        const result = parse(stringify(raw, { aliasDuplicateObjects: false }));
        expect(result.kind).toBe('ok');
        if (result.kind === 'bad') return;
        const again = parse(expandedYaml(result.plan));
        expect(again).toMatchObject({ kind: 'ok', plan: result.plan });
        expect(result.plan.budgets.map(writtenRules)).toEqual(
          again.kind === 'ok' ? again.plan.budgets.map(writtenRules) : [],
        );
      }),
    );
  });

  it('gives the smallest plan the documents that the example writes out', () => {
    const small = new Map(planOf(SMALL).documents.map((document) => [document.id, document]));
    const written = planOf(EXAMPLE).documents.filter(({ kind }) => kind === 'page');
    expect(written).toHaveLength(5);
    for (const document of written) expect(small.get(document.id)).toEqual(document);
    expect(planOf(SMALL).providers).toEqual(planOf(EXAMPLE).providers);
  });

  it('overrides a field of a preset and keeps the others, which no default replaces', () => {
    const text = `${SMALL}documents: [{ id: cometapi-pricing, locale: de }]\nproviders: [{ id: cometapi, host: "127.0.0.1:4000" }]\n`;
    const { documents, providers } = planOf(text);
    expect(documents[0]).toMatchObject({
      locale: 'de',
      mustContain: ['pricing'],
      alternates: [{}],
    });
    expect(providers).toEqual([
      expect.objectContaining({
        host: '127.0.0.1:4000',
        support: 'support-path',
        errors: { envelope: '/error', requestIdIn: 'message' },
      }),
    ]);
  });

  it('builds owners of every role that is named, each with every channel', () => {
    const text = SMALL.replace(
      'amount',
      'owner: bea, escalate: { ackWithin: 1h, to: cleo }, amount',
    );
    expect(planOf(text).owners).toEqual(
      ['finops', 'bea', 'cleo'].map((id) => ({ id, title: id, notify: ['outbox'] })),
    );
  });

  it('takes the first owner for the default one when the plan names none', () => {
    const text = SMALL.replace('owner: finops\n', 'owners: [{ id: ops }, { id: finops }]\n');
    expect(planOf(text).owner).toBe('ops');
    expect(planOf('version: 1\n').owner).toBe('owner');
  });

  it('writes thresholds as rules, by severity, with an implied forecast', () => {
    expect(firstBudget(SMALL)?.rules).toEqual([
      { id: 'at-50', basis: 'actual', at: 0.5, severity: 'info' },
      { id: 'at-80', basis: 'actual', at: 0.8, severity: 'warning' },
      { id: 'at-100', basis: 'actual', at: 1, severity: 'critical' },
      {
        id: 'forecast-100',
        basis: 'forecast',
        at: 1,
        severity: 'warning',
        implied: true,
        fire: 0.8,
        clear: 0.5,
      },
      { id: 'burn', basis: 'burn', severity: 'warning', implied: true },
      { id: 'freshness', basis: 'freshness', maxAge: '9d', severity: 'warning', implied: true },
      { id: 'coverage', basis: 'coverage', min: 1, severity: 'warning', implied: true },
    ]);
    const budget = firstBudget(SMALL);
    expect(budget && writtenRules(budget)).toEqual(['at-50', 'at-80', 'at-100']);
  });

  it('implies every rule of a budget that writes none, and none beside rules that are written', () => {
    const silent = firstBudget(SMALL.replace(', at: [0.5, 0.8, 1.0]', ''));
    expect(silent?.rules).toHaveLength(7);
    expect(silent && writtenRules(silent)).toEqual([]);
    expect(firstBudget(SMALL.replace('at: [0.5, 0.8, 1.0]', 'rules: []'))?.rules).toEqual([]);
  });

  it('names a share that is no whole percentage, and a repeated one once', () => {
    const rules = firstBudget(SMALL.replace('[0.5, 0.8, 1.0]', '[0.875, 0.875, 0.07]'))?.rules;
    expect(rules?.map(({ id }) => id).slice(0, 3)).toEqual(['at-87-5', 'at-7', 'forecast-100']);
  });

  it('gives a page the cadence plus its grace, and never makes a preset staler than that', () => {
    const monthly = planOf(`${SMALL}review: { cadence: { every: month, grace: 1d } }\n`);
    expect(new Set(monthly.documents.map(({ freshness }) => freshness.maxAge))).toEqual(
      new Set(['32d']),
    );
    const own = `${SMALL}documents: [{ id: terms, kind: attested, purpose: x }]\n`;
    expect(planOf(own).documents.at(-1)?.freshness).toEqual({ maxAge: '9d' });
  });

  it('takes the zone that the adapter documents and the only provider for an export', () => {
    expect(planOf(SMALL).exports[0]).toMatchObject({ zone: 'unknown', provider: 'cometapi' });
    expect(planOf(SMALL.replace('provider: cometapi\n', '')).exports[0]).not.toHaveProperty(
      'provider',
    );
  });

  it('takes workloads from allocation rules', () => {
    const rules =
      'allocation: { rules: [{ when: {}, workload: b }, { when: {}, workload: a }, { when: {}, workload: b }] }\n';
    expect(planOf(SMALL + rules).workloads).toEqual(['b', 'a']);
  });

  it('knows every metric by name', () => {
    const metrics = Object.keys(METRIC_PRESETS);
    expect(metrics).toHaveLength(6);
    const plan = expand({ version: 1, metrics }, { adapters: TEST_ADAPTERS });
    expect(plan.metrics.map(({ id, owner }) => [id, owner])).toEqual(
      metrics.map((id) => [id, 'owner']),
    );
  });

  it('digests the same plan alike, whatever the order and form of the text', () => {
    const lines = SMALL.trimEnd().split('\n');
    const turned = [...lines.slice(0, 1), ...lines.slice(1, 5).toReversed(), ...lines.slice(5)];
    expect(planDigest(planOf(turned.join('\n')))).toBe(planDigest(planOf(SMALL)));
    expect(planDigest(planOf(SMALL.replace('1200.00', '1200.01')))).not.toBe(
      planDigest(planOf(SMALL)),
    );
  });
});

describe('PROVIDER_PRESETS', () => {
  it('passes every check of a plan by itself', () => {
    for (const provider of Object.keys(PROVIDER_PRESETS)) {
      expect(wordsOf(`version: 1\nprovider: ${provider}\n`)).toEqual([]);
    }
    expect(presetOf('toString')).toBeUndefined();
    expect(canonicalJson(PROVIDER_PRESETS as unknown as Json)).not.toMatch(/\d%|\$/);
  });
});
