import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homeFolder } from './home.ts';

it('is what the variable names, else a folder of the user’s configuration', () => {
  const all = { SPENDPROOF_HOME: '/keys', XDG_CONFIG_HOME: '/config', HOME: '/home/a' };
  expect(homeFolder(all)).toBe('/keys');
  expect(homeFolder({ ...all, SPENDPROOF_HOME: '' })).toBe('/config/spendproof');
  expect(homeFolder({ HOME: '/home/a', XDG_CONFIG_HOME: '' })).toBe('/home/a/.config/spendproof');
  expect(homeFolder({})).toBe(join(homedir(), '.config', 'spendproof'));
});
