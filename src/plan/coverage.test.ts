import { describe, expect, it } from 'vitest';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { planOf, readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { planCoverage } from './coverage.ts';
import type { Plan } from './schema/plan.ts';

const SMALL = readFixture('ok-small');
const EXAMPLE = readFixture('ok-example');
const gaps = (plan: Plan): readonly string[] =>
  planCoverage(plan, TEST_ADAPTERS).map(({ subject, why }) => `${subject} ${why}`);

describe('planCoverage', () => {
  it('says what the smallest plan does not ask for, and that its days have no known zone', () => {
    expect(gaps(planOf(SMALL))).toEqual([
      'assumption:none not-in-plan',
      'smoke:none not-in-plan',
      'guard:environment-mismatch not-in-plan',
      'guard:scope-drift not-in-plan',
      'export:quota zone-unknown',
    ]);
  });

  it('says little of a plan with everything written out', () => {
    expect(gaps(planOf(EXAMPLE))).toEqual([
      'export:account-quota zone-unknown',
      'smoke:chat-minimal not-enabled',
    ]);
  });

  it('says of an empty plan that everything is missing', () => {
    expect(gaps(planOf('version: 1\n'))).toEqual([
      ...['document', 'assumption', 'metric', 'budget', 'smoke', 'channel'].map(
        (kind) => `${kind}:none not-in-plan`,
      ),
      'guard:environment-mismatch not-in-plan',
      'guard:scope-drift not-in-plan',
      'export:none no-export',
    ]);
  });

  it('says which metrics and budgets no export can support', () => {
    const text = SMALL.replace('[cost-per-1k-requests]', '[cost-per-workload]').replace(
      'amount',
      'scope: { model: [m] }, amount',
    );
    const found = gaps(planOf(text));
    expect(found).toContain('metric:cost-per-workload field-not-in-export');
    expect(found).toContain('budget:monthly field-not-in-export');
    const without = gaps(planOf(SMALL.replace(/exports:\n.*\n/, '')));
    expect(without).toContain('metric:cost-per-1k-requests no-export');
    expect(without).toContain('budget:monthly no-export');
  });

  it('says that a series is missing', () => {
    const plan = planOf(EXAMPLE);
    expect(gaps({ ...plan, series: [] })).toContain('metric:cost-per-seat no-series');
  });

  it('says that an export lacks its unit, or a reconciliation that it is approved for', () => {
    const plan = planOf(EXAMPLE);
    const without = planOf(EXAMPLE.replace('    conversion: gateway-unit-conversion\n', ''));
    expect(gaps(without)).toContain('export:gateway-log field-not-in-export');
    expect(gaps({ ...plan, reconcile: [] })).toContain('export:account-quota not-linked');
  });

  it('says why the usage of a smoke test will not be found', () => {
    const plan = planOf(EXAMPLE);
    const [test] = plan.smoke;
    const withLink = (
      link: Partial<NonNullable<NonNullable<typeof test>['usageEvidence']>> | undefined,
    ) => {
      const { usageEvidence, ...rest } = test ?? plan.smoke[0]!;
      const smoke = {
        ...rest,
        enabled: true,
        ...(link && usageEvidence ? { usageEvidence: { ...usageEvidence, ...link } } : {}),
      };
      return gaps({ ...plan, smoke: [smoke] }).filter((gap) => gap.startsWith('smoke'));
    };
    expect(withLink({})).toEqual([]);
    expect(withLink(undefined)).toEqual(['smoke:chat-minimal not-linked']);
    expect(withLink({ export: 'gone' })).toEqual(['smoke:chat-minimal no-export']);
    expect(withLink({ export: 'account-quota' })).toEqual([
      'smoke:chat-minimal field-not-in-export',
    ]);
    expect(withLink({ export: 'account-quota', by: 'key-day' })).toEqual([]);
    expect(withLink({ export: 'app-log', by: 'key-day' })).toEqual([
      'smoke:chat-minimal field-not-in-export',
    ]);
    expect(withLink({ export: 'app-log', by: 'attested' })).toEqual([]);
  });

  it('lists every gap, in the form that a record takes', () => {
    const plan = planOf(SMALL);
    const [budget] = plan.budgets;
    const budgets = Array.from({ length: 90 }, (_, index) => ({
      ...budget!,
      id: `b-${index}`,
      scope: { model: ['m'] },
    }));
    const found = planCoverage({ ...plan, budgets }, TEST_ADAPTERS);
    expect(found.filter(({ subject }) => subject.startsWith('budget:b-'))).toHaveLength(90);
    // The form of a subject in evidence/records/fields.ts.
    for (const { subject } of found) expect(subject).toMatch(/^[a-z]+:[a-z0-9-]{1,63}$/);
  });
});
