import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Bench, openBench } from './harness.ts';

const planOf = (table: string): string => `version: 1
owner: finops
notify: { file: outbox }
exports:
  - id: app-log
    adapter: table
    path: exports/*.csv
    zone: UTC
    table:
${table}
      cost: { field: usd, unit: USD, basis: charged }
    approved: { by: finops, date: 2026-10-01 }
budgets:
  - id: monthly
    amount: "1200.00"
    rules:
      - { id: fast, basis: burn, severity: warning, windows: [{ long: 1h, rate: 14.4 }, { long: 6h, rate: 6 }] }
`;
const BY_REQUEST = planOf(`      format: { kind: csv, header: [ts, request, in, out, usd] }
      key: [request]
      columns: { startAt: ts, requestRef: request }
      tokens: { input: in, output: out, cacheInInput: unknown }`);

const HOUR_MS = 3_600_000;
const NOW = '2026-11-23T12:10:00Z';

/** Four weeks at a dollar an hour, up to the hour of now; the last `hours` of them at another price. */
async function project(plan: string, hours: number, usd: string): Promise<Bench> {
  const bench = await openBench(NOW);
  await writeFile(join(bench.folder, 'spendproof.yaml'), plan);
  await mkdir(join(bench.folder, 'exports'));
  const end = Date.parse('2026-11-23T12:05:00Z');
  const count = 28 * 24;
  const rows = Array.from({ length: count }, (_, hour) => {
    const at = new Date(end - (count - 1 - hour) * HOUR_MS).toISOString();
    // The last row begins the open hour, and says that the one before it is whole.
    const isLast = hour >= count - 1 - hours && hour < count - 1;
    return `${at},r${hour},900,100,${isLast ? usd : '1'}`;
  });
  const text = `ts,request,in,out,usd\n${rows.join('\n')}\n`;
  await writeFile(join(bench.folder, 'exports/log.csv'), text);
  await bench.run('init', '--yes');
  const imported = await bench.run('usage', 'import');
  expect(imported.stderr).not.toContain('error');
  return bench;
}

const stateOf = async (bench: Bench): Promise<unknown> => {
  const { stdout } = await bench.run('budget', 'explain', 'monthly', '--json');
  const { data } = JSON.parse(stdout) as {
    readonly data: { readonly periods: readonly RuleStates[] };
  };
  return data.periods[0]?.rules[0]?.state;
};

interface RuleStates {
  readonly rules: readonly { readonly state: string }[];
}

describe('a burn rule on hours', () => {
  it.each([
    ['a dollar an hour', 0, '1', 'below'],
    ['a fiftieth of the month in the last hour', 1, '24', 'crossed'],
    ['clearly less than that', 1, '19', 'below'],
    ['a twentieth of the month in six hours', 6, '10', 'crossed'],
  ])('at %s: looks at real hours of the export', async (_, hours, usd, state) => {
    expect(await stateOf(await project(BY_REQUEST, hours, usd))).toBe(state);
  });

  it('is not judged on data that ends before the windows', async () => {
    const bench = await project(BY_REQUEST, 6, '10');
    bench.at('2026-11-23T18:30:00Z');
    expect(await stateOf(bench)).toBe('unknown');
  });
});
