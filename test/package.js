// Packs the tarball, installs it into an empty folder and lets it do there what the README promises.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve('.');
const folder = mkdtempSync(join(tmpdir(), 'spendproof-package-'));
const env = { ...process.env, SPENDPROOF_HOME: join(folder, 'home'), NO_COLOR: '1' };
let passed = 0;

try {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  const { filename, files, size } = Array.isArray(packed) ? packed[0] : Object.values(packed)[0];
  expect(
    'the tarball holds nothing but dist and documents',
    files.every(({ path }) => /^(dist\/|[A-Z-]+(\.md)?$|package\.json$)/.test(path)),
  );
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  execFileSync(
    'npm',
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      join(folder, filename),
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(
    'npx spendproof --version prints the version',
    npx(['--version']).stdout.trim() === version,
  );
  expect(
    'npx spendproof --help names the eight commands',
    /look[\s\S]*init[\s\S]*plan[\s\S]*review[\s\S]*docs[\s\S]*budget[\s\S]*smoke[\s\S]*ledger/.test(
      npx(['--help']).stdout,
    ),
  );
  const demo = npx(['demo', '--dir', join(folder, 'demo')]);
  expect('npx spendproof demo ends with 0', demo.status === 0, demo.stderr);
  expect('the demo leaves a project behind', existsSync(join(folder, 'demo', 'spendproof.yaml')));
  const verify = npx(['ledger', 'verify', '--config', join(folder, 'demo', 'spendproof.yaml')]);
  expect(
    'the ledger of the demo verifies',
    verify.status === 0 && verify.stdout.startsWith('ok'),
    verify.stderr,
  );
  const look = npx(['look', join(folder, 'demo', 'exports', 'quota', 'quota.json')]);
  expect(
    'npx spendproof look recognises an export',
    look.status === 0 && look.stdout.includes('cometapi-quota'),
    look.stderr,
  );
  expect('an unknown file ends with 2', npx(['look', join(folder, 'nothing.json')]).status === 2);
  process.stdout.write(
    `tarball ${filename}: ${files.length} files, ${Math.round(size / 1024)} KiB packed\n${passed} passed, 0 failed\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function npx(args) {
  return spawnSync('npx', ['--no-install', 'spendproof', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 1_200_000,
  });
}

function expect(what, holds, detail = '') {
  if (!holds) {
    process.stderr.write(`package: expected that ${what}\n${detail}\n`);
    process.exitCode = 1;
    throw new Error(what);
  }
  passed += 1;
}
