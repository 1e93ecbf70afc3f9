import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { setup } from './temp-folder.ts';

const ofThisRun = tmpdir();
afterEach(() => {
  process.env['TMPDIR'] = ofThisRun;
});

describe('the temporary folder of tests', () => {
  it('is one of the run, for its tests and for the processes they start', () => {
    expect(basename(ofThisRun)).toMatch(/^spendproof-tests-/);
    const script = ['-p', 'require("node:os").tmpdir()'];
    expect(execFileSync(process.execPath, script, { encoding: 'utf8' }).trim()).toBe(ofThisRun);
  });

  it('goes with what tests left in it, and so does what a run killed long ago left', () => {
    const parent = mkdtempSync(join(ofThisRun, 'parent-'));
    process.env['TMPDIR'] = parent;
    for (const name of ['spendproof-tests-old', 'spendproof-tests-running', 'of-others-old']) {
      mkdirSync(join(parent, name));
      if (name.endsWith('old')) utimesSync(join(parent, name), 0, 0);
    }

    const remove = setup();
    const folder = tmpdir();
    mkdirSync(join(folder, 'left', 'behind'), { recursive: true });
    writeFileSync(join(folder, 'left', 'behind', 'file'), 'by a test');
    remove();

    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(parent).sort()).toEqual(['of-others-old', 'spendproof-tests-running']);
  });

  it('fails no run where it cannot go (skipped where nothing can be mounted)', (context) => {
    process.env['TMPDIR'] = mkdtempSync(join(ofThisRun, 'parent-'));
    const remove = setup();
    const busy = join(tmpdir(), 'busy');
    mkdirSync(busy);
    if (spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', busy]).status !== 0) context.skip();
    try {
      remove();
      expect(existsSync(busy)).toBe(true);
    } finally {
      spawnSync('umount', ['--lazy', busy]);
    }
    remove();
    expect(existsSync(busy)).toBe(false);
  });
});
