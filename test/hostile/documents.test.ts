import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../cli/harness.ts';
import { ADDRESSES } from './addresses.ts';
import { CHANGES } from './changes.ts';
import { hasBrowser } from './driver.ts';
import { REFUSALS } from './refusals.ts';
import { playScenario, type Scenario } from './stage.ts';

const SCENARIOS: readonly Scenario[] = [...REFUSALS, ...CHANGES, ...ADDRESSES];
const here = {
  openssl: spawnSync('openssl', ['version']).status === 0,
  browser: await hasBrowser(),
};
const AT_ONCE = 4;
const isPlayable = ({ needs }: Scenario): boolean => needs === undefined || here[needs];

describe('the hostile documentation server', () => {
  it(
    'is understood in every scenario that this machine can play',
    { timeout: 1_800_000 },
    async () => {
      const played = SCENARIOS.filter(isPlayable);
      const found: string[] = [];
      for (let at = 0; at < played.length; at += AT_ONCE) {
        const batch = played.slice(at, at + AT_ONCE);
        found.push(...(await Promise.all(batch.map(playScenario))));
      }
      const row = ({ group, name }: Scenario, result: string): string =>
        `${group}: ${name} → ${result}`;
      process.stdout.write(matrixOf(played, found));
      expect(played.length).toBeGreaterThan(60);
      expect(played.map((scenario, index) => row(scenario, found[index] ?? ''))).toEqual(
        played.map((scenario) => row(scenario, scenario.expected)),
      );
    },
  );

  for (const scenario of SCENARIOS.filter((one) => !isPlayable(one))) {
    it.skipIf(true)(
      `${scenario.group}: ${scenario.name} (needs ${scenario.needs})`,
      () => undefined,
    );
  }

  it('names each scenario once', () => {
    const names = SCENARIOS.map(({ group, name }) => `${group}: ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is described by docs/hostile-documents.md', async () => {
    await expectGolden('docs/hostile-documents.md', describeAll());
  });
});

/** Counts what was found for each expectation: one line each, exact when all of a line stand in one column. */
function matrixOf(played: readonly Scenario[], found: readonly string[]): string {
  const expectations = [...new Set(played.map(({ expected }) => expected))].toSorted();
  const width = Math.max(...expectations.map(({ length }) => length));
  const lines = expectations.map((expected) => {
    const results = found.filter((_, index) => played[index]?.expected === expected);
    const right = results.filter((result) => result === expected).length;
    return `${expected.padEnd(width)}  ${right}/${results.length}`;
  });
  const skipped = SCENARIOS.length - played.length;
  return `\nHostile documentation server: ${played.length} scenarios, ${skipped} not playable here\n${lines.join('\n')}\n`;
}

function describeAll(): string {
  const groups = [...new Set(SCENARIOS.map(({ group }) => group))];
  const parts = groups.map((group) => {
    const rows = SCENARIOS.filter((scenario) => scenario.group === group).map(
      ({ name, expected, needs }) =>
        `| ${name}${needs === undefined ? '' : ` (needs ${needs})`} | ${expected} |`,
    );
    return `## ${group}\n\n| what the server does | state / detail / outcome |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return `# The hostile documentation server

What a check makes of ${SCENARIOS.length} things that documentation sites do. Before each one an ordinary page was read and accepted; then the server on this machine does what the row says, and the page is checked again on real sockets. \`test/hostile/documents.test.ts\` plays them all and fails when one row differs; this page is written from the same table (\`UPDATE_GOLDEN=1\`). The words are those of [documents.md](documents.md#what-a-check-can-find).

${parts.join('\n')}`;
}
