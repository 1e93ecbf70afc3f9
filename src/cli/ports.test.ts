import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { close, open } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPorts } from './ports.ts';
import type { World } from './world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spendproof-ports-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

function worldOf(change: { readonly terminal?: boolean; readonly env?: World['env'] } = {}) {
  const written: string[] = [];
  const stream = {
    write: (text: string) => void written.push(text),
    isTerminal: change.terminal ?? false,
    width: 30,
  };
  const world: World = { cwd: folder, env: change.env ?? {}, stdout: stream, stderr: stream };
  return { world, written };
}

describe('secrets', () => {
  const read = async (ref: Parameters<ReturnType<typeof buildPorts>['secrets']['read']>[0]) =>
    await buildPorts(worldOf({ env: { NAME: 'a value' } }).world, false).secrets.read(ref);

  it('reads a variable as it stands, and says nothing of one that is not there', async () => {
    expect([await read({ env: 'NAME' }), await read({ env: 'OTHER' })]).toEqual([
      'a value',
      undefined,
    ]);
  });

  it('reads none while Node would write it down, and names the setting alone', async () => {
    const { world } = worldOf({ env: { NAME: 'a value', NODE_DEBUG: 'http canary' } });
    const refused = await buildPorts(world, false)
      .secrets.read({ env: 'NAME' })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'secret-exposed' });
    expect(String(refused)).toContain('NODE_DEBUG');
    expect(String(refused)).not.toContain('canary');
    const behind = { ...worldOf({ env: { NAME: 'a value' } }).world, nodeArguments: ['--inspect'] };
    await expect(buildPorts(behind, false).secrets.read({ env: 'NAME' })).rejects.toThrow(
      '--inspect',
    );
    open(0);
    try {
      await expect(read({ env: 'NAME' })).rejects.toThrow('a debugger');
    } finally {
      close();
    }
  });

  it('leaves out the newline that ends a file', async () => {
    await writeFile(join(folder, 'secret'), 'a value\r\n');
    expect(await read({ file: join(folder, 'secret') })).toBe('a value');
    expect(await read({ file: join(folder, 'nothing') })).toBeUndefined();
  });

  it('runs a program without a shell', async () => {
    const program = [
      process.execPath,
      '-e',
      'process.stdout.write(process.argv[1])',
      '$(echo no) `id` ; *',
    ];
    expect(await read({ command: program })).toBe('$(echo no) `id` ; *');
    expect(await read({ command: [process.execPath, '-e', 'process.exit(1)'] })).toBeUndefined();
  });
});

describe('the log', () => {
  it('draws progress over itself on a terminal, and clears it before a warning', () => {
    const { world, written } = worldOf({ terminal: true });
    const { log } = buildPorts(world, false);
    log.progress('documents 1/20 with a name that is too long for the line');
    log.warn('usage.gap', { export: 'app' });
    expect(written[0]).toMatch(/^\r\u001b\[K.{29}$/);
    expect(written.slice(1)).toEqual(['\r\u001b[K', 'warn usage.gap export=app\n']);
  });

  it('is silent in a pipe but for warnings, and altogether when it is asked to be quiet', () => {
    const { world, written } = worldOf();
    buildPorts(world, false).log.progress('documents 1/20');
    buildPorts(world, false).log.info('usage.imported', { rows: 1 });
    buildPorts(world, true).log.warn('usage.gap');
    expect(written).toEqual([]);
  });

  it('tells more when it is asked to, and never what looks like a key', () => {
    const { world, written } = worldOf({ env: { SPENDPROOF_LOG: 'debug' } });
    const key = ['sk', 'proj', 'a1B2c3D4e5F6g7H8i9J0k1L2'].join('-');
    buildPorts(world, false).log.info('smoke.ran', { note: `${key}\u001b[2J` });
    expect(written.join('')).toContain('info smoke.ran');
    expect(written.join('')).not.toContain(key);
    expect(written.join('')).not.toContain('\u001b');
  });
});

describe('the world', () => {
  it('has a clock of whole seconds, chance, and names that are looked up', async () => {
    const { clock, random, network } = buildPorts(worldOf().world, false);
    expect(clock.now()).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const [before, now, after] = [clock.ms(), Date.parse(clock.now()), clock.ms()];
    expect(now).toBeGreaterThan(before - 1000);
    expect(now).toBeLessThanOrEqual(after);
    expect(random.bytes(8)).toHaveLength(8);
    expect(await network.lookup('localhost')).toContain('127.0.0.1');
  });
});
