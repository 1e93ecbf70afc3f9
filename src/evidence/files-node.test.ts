import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type TestWorld } from '../../test/fixtures/evidence/world.ts';
import { AppError } from '../core/index.ts';
import { createSame, diskError, replaceWhole } from './durable-file.ts';
import { nodeFiles, readable } from './files-node.ts';

let world: TestWorld;
beforeEach(() => {
  world = makeWorld();
});
afterEach(() => world.end());

const files = nodeFiles();
const data = Buffer.from('data');

describe('the disk', () => {
  it('gives nothing for what does not exist', async () => {
    expect(await files.read(join(world.root, 'none'))).toBeUndefined();
    expect(await files.list(join(world.root, 'none'))).toEqual([]);
    await files.remove(join(world.root, 'none'));
    await expect(files.read(world.root)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it('creates a file once, with its mode, and never through a link', async () => {
    const path = join(world.root, 'file');
    await files.writeNew(path, data, 0o600);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(files.writeNew(path, data)).rejects.toMatchObject({ code: 'EEXIST' });
    const link = join(world.root, 'link');
    symlinkSync(join(world.root, 'target'), link);
    await expect(files.writeNew(link, data)).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await files.list(world.root)).toEqual(['file', 'link']);
  });

  it('gives a file a second name, if that is free', async () => {
    const [one, two] = [join(world.root, 'one'), join(world.root, 'two')];
    await files.writeNew(one, data);
    await files.link(one, two);
    expect(await files.read(two)).toEqual(data);
    await expect(files.link(one, two)).rejects.toMatchObject({ code: 'EEXIST' });
    await files.syncFolder(world.root);
    await expect(files.syncFolder(join(world.root, 'none'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('a durable file', () => {
  it('is created whole, found the same, or another one', async () => {
    const path = join(world.root, 'a/b/file');
    expect(await createSame(path, data, world.ports)).toBe(true);
    expect(await createSame(path, data, world.ports)).toBe(true);
    expect(await createSame(path, Buffer.from('other'), world.ports)).toBe(false);
    expect(await files.list(join(world.root, 'a/b'))).toEqual(['file']);
  });

  it('is compared when another process makes it meanwhile', async () => {
    const path = join(world.root, 'file');
    const racing = (bytes: Buffer) => {
      let reads = 0;
      const read = async (name: string) => {
        reads += 1;
        if (reads > 1) return await files.read(name);
        await files.writeNew(path, bytes);
        return undefined;
      };
      return { ...world.ports, files: { ...files, read } };
    };
    expect(await createSame(path, data, racing(data))).toBe(true);
    await files.remove(path);
    expect(await createSame(path, data, racing(Buffer.from('other')))).toBe(false);
    expect(await files.list(world.root)).toEqual(['file']);
  });

  it('is replaced in one step', async () => {
    const path = join(world.root, 'file');
    await files.writeNew(path, data);
    await replaceWhole(path, Buffer.from('new'), world.ports, 0o600);
    expect(await files.read(path)).toEqual(Buffer.from('new'));
  });

  it('leaves nothing of a write that failed', async () => {
    mkdirSync(join(world.root, 'folder'));
    const writeNew = async (path: string): Promise<void> => {
      await files.writeNew(path, Buffer.from('half'));
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    };
    const ports = { ...world.ports, files: { ...files, writeNew } };
    const path = join(world.root, 'folder/file');
    await expect(createSame(path, data, ports)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await files.list(join(world.root, 'folder'))).toEqual([]);
  });
});

describe('a file that is there and may not be read', () => {
  it.each(['EACCES', 'EPERM'])('is no matter of writing: %s', async (code) => {
    const denied = Promise.reject(Object.assign(new Error('x'), { code }));
    const error: unknown = await readable('/home/log.key', denied).catch((one: unknown) => one);
    expect(error).toMatchObject({
      code: 'file-not-readable',
      exit: 4,
      message: expect.stringContaining('/home/log.key'),
    });
    // Whoever reads a key on the way to writing says what the reading said.
    expect(diskError(error, '/a')).toBe(error);
  });
});

describe('an error of the disk', () => {
  it('says what it means, and keeps its cause', () => {
    const full = Object.assign(new Error('x'), { code: 'EDQUOT' });
    expect(diskError(full, '/a')).toMatchObject({ code: 'disk-full', exit: 1, cause: full });
    const denied = Object.assign(new Error('x'), { code: 'EACCES' });
    expect(diskError(denied, '/a')).toMatchObject({ code: 'file-not-writable', exit: 4 });
    const bug = new TypeError('x');
    expect(diskError(bug, '/a')).toBe(bug);
    const known = new AppError('usage', { message: 'x' });
    expect(diskError(known, '/a')).toBe(known);
  });
});
