// `npm run check`: everything that judges a change, in the order that fails fastest. One argument runs one step.
import { spawnSync } from 'node:child_process';

const STEPS = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--deny-warnings', '.'],
  types: ['tsc', '-p', '.'],
  build: ['node', 'build.js'],
  knip: ['knip', '--no-progress'],
  test: ['npm', 'test', '--', '--coverage'],
  publint: ['publint', '--strict'],
  package: ['node', 'test/package.js'],
};

const wanted = process.argv.slice(2);
for (const [name, [command, ...args]] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`\n== ${name}\n`);
  const direct = command === 'npm' || command === 'node';
  const argv = direct ? [command, ...args] : ['npm', 'exec', '--no', '--', command, ...args];
  const { status } = spawnSync(argv[0], argv.slice(1), { stdio: 'inherit' });
  if (status !== 0) {
    process.stderr.write(`check: ${name} failed\n`);
    process.exit(1);
  }
}
