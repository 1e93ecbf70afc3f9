import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { planOf } from '../../test/fixtures/usage/plans.ts';
import { refreshExport } from './refresh.ts';

const ports = nodePorts('2026-11-23T09:00:00Z');

function exportOf(command: readonly string[], timeout = '10m') {
  const plan = planOf(`exports:
  - { id: quota, adapter: cometapi-quota, path: "e/*.json", refresh: { command: ${JSON.stringify(command)}, timeout: ${timeout} }, approved: { by: finops, date: 2026-11-23 } }`);
  const [first] = plan.exports;
  if (first === undefined) throw new Error('no export');
  return first;
}

const folderOf = async () => await mkdtemp(join(tmpdir(), 'refresh-'));

it('runs the command in the project without a shell', async () => {
  const folder = await folderOf();
  const script = "require('fs').writeFileSync('new.json', process.argv[1])";
  await refreshExport(exportOf(['node', '-e', script, '$(id); *']), folder, ports);
  expect(await readFile(join(folder, 'new.json'), 'utf8')).toBe('$(id); *');
});

it('counts the output and keeps none of it', async () => {
  const script = "process.stdout.write('x'.repeat(100)); process.stderr.write('y'.repeat(23))";
  const result = await refreshExport(exportOf(['node', '-e', script]), await folderOf(), ports);
  expect(result).toEqual({ outputBytes: 123 });
});

it.each([
  ['ends with another status', ['node', '-e', 'process.exit(3)'], 'status 3'],
  ['cannot start', ['/nowhere/to/be/found'], 'could not start (ENOENT)'],
])('names a command that %s', async (_, command, message) => {
  const run = refreshExport(exportOf(command), await folderOf(), ports);
  await expect(run).rejects.toMatchObject({ code: 'export-unreadable' });
  await expect(run).rejects.toThrow(message);
});

it('ends a command that takes too long, with its children', async () => {
  const script =
    "require('child_process').spawn('sleep', ['86400'], {stdio: 'inherit'}); setInterval(() => {}, 1000)";
  const run = refreshExport(exportOf(['node', '-e', script], '300ms'), await folderOf(), ports);
  await expect(run).rejects.toThrow('longer than 300 ms');
});

it('does nothing for an export without a command', async () => {
  const { refresh: _, ...bare } = exportOf(['true']);
  expect(await refreshExport(bare, await folderOf(), ports)).toEqual({ outputBytes: 0 });
});
