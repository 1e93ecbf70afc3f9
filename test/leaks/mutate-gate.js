// Takes each stage out of a copy of the gate's source and runs its tests: every copy must fail. By hand: node test/leaks/mutate-gate.js
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'spendproof-mutants-'));
const gate = join(copy, 'src/evidence/gate.ts');
const tests = ['src/evidence/gate.test.ts', 'test/leaks/mutation.test.ts'];

const runTests = () =>
  spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...tests], {
    cwd: copy,
    stdio: 'ignore',
  }).status;

try {
  for (const name of ['src', 'test', 'package.json', 'vitest.config.ts', 'tsconfig.json']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(resolve(root, 'node_modules'), join(copy, 'node_modules'));
  const source = readFileSync(gate, 'utf8');
  const stages = [
    ...source.matchAll(/\n {2}\{\s*name: '([a-z]+)',\s*refuses: [\s\S]*?\n? {0,2}\},(?=\n)/g),
  ];
  if (stages.length < 8) throw new Error(`Expected eight stages, found ${stages.length}`);
  if (runTests() !== 0) throw new Error('Expected the tests of the whole gate to pass');
  const alive = stages
    .filter(([text]) => {
      writeFileSync(gate, source.replace(text, ''));
      return runTests() === 0;
    })
    .map(([, name]) => name);
  process.stdout.write(`${stages.length} mutants, ${alive.length} alive ${alive.join(', ')}\n`);
  process.exitCode = alive.length === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
