import { describe, expect, it } from 'vitest';
import { startHostQueue } from './host-queue.ts';

/** Plays a clock that only waiting moves. */
function playTime() {
  let now = 1000;
  const waits: number[] = [];
  return {
    waits,
    ms: () => now,
    wait: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
}

const LIMITS = { atOnce: 1, spacingMs: 0 };

/** Makes work that ends when told to, and counts how much of it runs. */
function playWork() {
  const open: (() => void)[] = [];
  const running: string[] = [];
  return {
    running,
    finish: async () => {
      open.shift()?.();
      await new Promise((next) => {
        setImmediate(next);
      });
    },
    work: (name: string) => async () => {
      running.push(name);
      await new Promise<void>((end) => {
        open.push(end);
      });
      return name;
    },
  };
}

describe('startHostQueue', () => {
  it('keeps to the limit of a host without holding another up', async () => {
    const queue = startHostQueue(6, playTime());
    const { work, running, finish } = playWork();
    const all = Promise.all([
      queue.run('a', LIMITS, work('a1')),
      queue.run('a', LIMITS, work('a2')),
      queue.run('b', LIMITS, work('b1')),
    ]);
    await finish();
    expect(running).toEqual(['a1', 'b1']);
    await finish();
    await finish();
    await finish();
    expect(running).toEqual(['a1', 'b1', 'a2']);
    expect(await all).toEqual(['a1', 'a2', 'b1']);
  });

  it('keeps to the bound over all hosts', async () => {
    const queue = startHostQueue(2, playTime());
    const { work, running, finish } = playWork();
    const all = Promise.all(['a', 'b', 'c'].map((host) => queue.run(host, LIMITS, work(host))));
    expect(running).toHaveLength(0);
    await finish();
    expect(running).toEqual(['a', 'b']);
    await finish();
    expect(running).toEqual(['a', 'b', 'c']);
    await finish();
    await finish();
    await all;
  });

  it('leaves the spacing between the starts at one host', async () => {
    const time = playTime();
    const queue = startHostQueue(6, time);
    const limits = { atOnce: 1, spacingMs: 500 };
    for (const name of ['one', 'two', 'three']) {
      expect(await queue.run('a', limits, async () => name)).toBe(name);
    }
    expect(time.waits).toEqual([500, 500]);
  });

  it('goes on after work that failed', async () => {
    const queue = startHostQueue(1, playTime());
    const failing = queue.run('a', LIMITS, async () => {
      throw new Error('broken');
    });
    const next = queue.run('a', LIMITS, async () => 'fine');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('fine');
  });
});
