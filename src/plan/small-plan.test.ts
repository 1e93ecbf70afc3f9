import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEST_ADAPTERS } from '../../test/fixtures/plan/adapters.ts';
import { planOf, readFixture, TODAY, wordsOf } from '../../test/fixtures/plan/fixtures.ts';
import { smallPlan, type SmallPlanOptions } from './small-plan.ts';

const BASE = { timezone: 'Europe/Berlin', currency: 'USD', owner: 'finops', today: TODAY };
const bare = (text: string): string => text.replace(/^ *#.*\n/gm, '');
const table = (rest: object) => ({
  adapter: 'table',
  path: 'exports/app.csv',
  zone: 'UTC',
  table: {
    format: { kind: 'csv' as const },
    key: 'none' as const,
    columns: { startAt: 'ts' },
    ...rest,
  },
});
const written = (options: Partial<SmallPlanOptions>): string =>
  smallPlan({ ...BASE, adapters: TEST_ADAPTERS, ...options });

describe('smallPlan', () => {
  it('writes the eleven lines of the example, each below a comment', () => {
    const text = smallPlan({ ...BASE, provider: 'cometapi' });
    expect(bare(text)).toBe(readFixture('ok-small'));
    expect(text.split('\n', 1)).toEqual([
      '# yaml-language-server: $schema=./spendproof.schema.json',
    ]);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(23);
    expect(lines.slice(1).every((line, index) => /^ *#/.test(line) === (index % 2 === 0))).toBe(
      true,
    );
    expect(wordsOf(text)).toEqual([]);
  });

  it('names the team when it is given', () => {
    expect(planOf(smallPlan({ ...BASE, provider: 'cometapi', team: 'search' })).team).toBe(
      'search',
    );
  });

  it('names no provider that has no preset', () => {
    expect(smallPlan({ ...BASE, provider: 'other' })).not.toContain('provider:');
  });

  it('writes what look recognised, with its mapping, and asks for what it holds', () => {
    const entry = table({
      columns: { startAt: { field: 'time', unit: 's' }, workload: 'app' },
      tokens: { input: 'in', output: 'out' },
      cost: { field: 'usd', unit: 'USD', basis: 'charged' },
    });
    const text = written({ exports: [entry], budgets: [{ id: 'team', amount: '50' }] });
    expect(wordsOf(text)).toEqual([]);
    const plan = planOf(text);
    expect(plan.exports[0]).toMatchObject({ id: 'table', zone: 'UTC', table: entry.table });
    expect(plan.budgets[0]).toMatchObject({ id: 'team', amount: '50' });
    expect(plan.metrics).toHaveLength(1);
  });

  it('asks for no money where none is known, and for the basis that is', () => {
    const none = written({ exports: [table({})] });
    expect(wordsOf(none)).toEqual([]);
    expect(planOf(none)).toMatchObject({ budgets: [], metrics: [] });
    const list = written({
      exports: [table({ cost: { field: 'usd', unit: 'USD', basis: 'list' } })],
    });
    expect(wordsOf(list)).toEqual([]);
    expect(planOf(list).budgets[0]?.cost.basis).toBe('list');
  });

  it('counts tokens where requests are unknown', () => {
    const [quota] = TEST_ADAPTERS;
    const adapters = [{ ...quota!, measures: ['tokens', 'chargedCost'] as const }];
    const text = written({ exports: [{ adapter: 'cometapi-quota', path: 'a.json' }], adapters });
    expect(text).toContain('metrics: [cost-per-1m-tokens]');
  });

  it('asks for no unit cost where nothing is counted', () => {
    const [quota] = TEST_ADAPTERS;
    const adapters = [{ ...quota!, measures: ['chargedCost'] as const }];
    const text = written({ exports: [{ adapter: 'cometapi-quota', path: 'a.json' }], adapters });
    expect(text).toContain('budgets:');
    expect(text).not.toContain('metrics:');
  });

  it('links several exports, so that one bill is counted once', () => {
    const quota = { adapter: 'cometapi-quota', path: 'a/*.json' };
    const text = written({ exports: [quota, { ...quota, path: 'b/*.json' }] });
    expect(wordsOf(text)).toEqual([]);
    expect(planOf(text).reconcile[0]?.of).toEqual(['cometapi-quota-1', 'cometapi-quota-2']);
  });

  it('leaves out sections that would be empty', () => {
    const text = written({ exports: [], budgets: [] });
    expect(smallPlan({ ...BASE, budgets: [] })).not.toMatch(/^budgets:/m);
    expect(text).not.toMatch(/^(?:exports|budgets|metrics):/m);
    expect(wordsOf(text)).toEqual([]);
  });

  it('quotes whatever a reader could take for something else', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
        fc.stringMatching(/^[\w ,:{}#'"*-]{1,30}$/).filter((path) => !/^[A-Za-z]:/.test(path)),
        (owner, path) => {
          const text = written({ owner, exports: [{ adapter: 'cometapi-quota', path }] });
          const plan = planOf(text);
          expect([plan.owner, plan.exports[0]?.path]).toEqual([owner, path]);
        },
      ),
    );
  });
});
