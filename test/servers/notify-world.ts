import { randomBytes } from 'node:crypto';
import { instantFromMs, type Ports, type SecretRef } from '../../src/core/index.ts';
import { nodeFiles } from '../../src/evidence/index.ts';
import type { DeliveryPlace, Patience } from '../../src/notify/index.ts';

/** Receivers refuse timestamps that are not near their own clock, and some of them are real ones. */
export const NOW_MS = Date.now();

/** Ports with secrets of their own, and everything that was logged. */
export interface NotifyWorld {
  readonly ports: Ports;
  readonly log: string[];
}

/** Makes ports whose secrets are these and whose names all lead to this machine. */
export function notifyWorld(
  secrets: Readonly<Record<string, string>>,
  over: Partial<Ports> = {},
): NotifyWorld {
  const log: string[] = [];
  const write = (...parts: unknown[]) => void log.push(JSON.stringify(parts));
  const read = (ref: SecretRef) => Promise.resolve('env' in ref ? secrets[ref.env] : undefined);
  return {
    log,
    ports: {
      clock: { now: () => instantFromMs(NOW_MS), ms: () => NOW_MS },
      random: { bytes: (count) => randomBytes(count) },
      secrets: { read },
      log: { info: write, warn: write, progress: write },
      network: { lookup: () => Promise.resolve(['127.0.0.1']) },
      files: nodeFiles(),
      env: {},
      ...over,
    },
  };
}

/** A place that may write to these receivers of this machine, tries twice and never really waits. */
export function placeOf(
  ...loopback: readonly string[]
): DeliveryPlace & { readonly pauses: number[] } {
  const pauses: number[] = [];
  const patience: Patience = {
    attemptsMax: 3,
    firstPauseMs: 1000,
    pausesMaxMs: 60_000,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
  };
  return { folder: '/nowhere', loopback, patience, pauses };
}
