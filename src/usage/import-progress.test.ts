import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nodePorts } from '../../test/fixtures/usage/node-ports.ts';
import { buildPorts } from '../cli/ports.ts';
import { progressText, startMeter } from './import-progress.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched(log: { readonly progress: (text: string) => void }) {
  const state = { now: 0, share: 0 as number | undefined };
  const base = nodePorts('2026-11-23T09:00:00Z');
  const ports = {
    clock: { ...base.clock, ms: () => state.now },
    log: { ...base.log, progress: log.progress },
  };
  const meter = startMeter(
    { label: 'usage app', bytes: 200_000_000, share: () => state.share },
    ports,
  );
  const at = (ms: number, share: number | undefined) => {
    Object.assign(state, { now: ms, share });
    vi.advanceTimersByTime(250);
  };
  return { meter, at };
}

it('shows share, rate and remaining time over all files, and never goes back', () => {
  const shown: string[] = [];
  const { meter, at } = watched({ progress: (text) => shown.push(text) });
  meter.begin(100_000_000);
  at(500, 0.5);
  at(2000, 0.8);
  // The second pass over a file begins anew.
  at(2250, 0.1);
  meter.finish();
  meter.begin(100_000_000);
  at(4000, undefined);
  at(5000, 0.5);
  meter.say('settling 7 rows');
  at(6000, 0.9);
  meter.stop();
  expect(shown).toEqual([
    'usage app: 200 MB',
    'usage app: 25 % of 200 MB',
    'usage app: 40 % of 200 MB, 40 MB/s, 3 s left',
    'usage app: 40 % of 200 MB, 36 MB/s, 4 s left',
    'usage app: 50 % of 200 MB, 25 MB/s, 4 s left',
    'usage app: 75 % of 200 MB, 30 MB/s, 2 s left',
    'usage app: settling 7 rows',
  ]);
});

it('stops when it is told to', () => {
  const shown: string[] = [];
  const { meter, at } = watched({ progress: (text) => shown.push(text) });
  meter.stop();
  at(1000, 0.5);
  expect(shown).toHaveLength(1);
});

it.each([
  [true, '\r\u001b[Kusage app: 200 MB'],
  [false, ''],
])('is drawn where stderr is a terminal (%s)', (isTerminal, expected) => {
  let written = '';
  const stderr = { write: (text: string) => (written += text), isTerminal, width: 80 };
  const world = { cwd: '/', env: {}, stdout: { ...stderr, isTerminal: false }, stderr };
  watched(buildPorts(world, false).log).meter.stop();
  expect(written).toBe(expected);
});

it.each([
  [{ done: 0, bytes: 0, elapsedMs: 5000 }, 'a: 0 bytes'],
  [{ done: 10, bytes: 2500, elapsedMs: 10 }, 'a: 0 % of 2.5 kB'],
  [{ done: 1e9, bytes: 12e9, elapsedMs: 60_000 }, 'a: 8 % of 12 GB, 17 MB/s, 11 min 00 s left'],
  [{ done: 300, bytes: 200, elapsedMs: 2000 }, 'a: 100 % of 200 bytes, 150 bytes/s, 0 s left'],
])('writes %j as a person reads it', (given, text) => {
  expect(progressText({ label: 'a', ...given })).toBe(text);
});
