import { createHmac, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { afterEach } from 'vitest';
import { digestHex, instantFromMs, type Log, type Ports, sha256 } from '../../src/core/index.ts';
import { scanForNeedles } from '../../src/evidence/needles.ts';
import type { Provider, SmokeTest } from '../../src/plan/index.ts';
import { type ProviderMode, type ProviderServer, startProvider } from './provider.ts';
import { runSmoke, type SmokeRun } from '../../src/verify/smoke/run.ts';

/** Providers that end with the test that started them. */
export const servers: ProviderServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The one key that the provider knows; no canary may occur in anything that is kept. */
export const CANARY_KEY = `k${randomBytes(24).toString('hex')}`;
/** Stands in the fixture. */
export const CANARY_PROMPT = `prompt ${randomBytes(12).toString('hex')}`;
/** Stands in answers. */
export const CANARY_NOISE = `noise ${randomBytes(12).toString('hex')}`;
/** The approved body. */
export const FIXTURE = {
  model: 'example-mini',
  max_tokens: 4,
  messages: [{ role: 'user', content: CANARY_PROMPT }],
};
/** Writes a fixture. */
export const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
/** Stands for the ledger's MAC. */
export const mac = (value: string) =>
  createHmac('sha256', 'salt').update(value).digest('base64url').slice(0, 22);

/** Stands for the ledger's salt and the gate's scan. */
export const seal = {
  mac,
  holds: (text: string, needles: readonly string[]) => scanForNeedles(text, needles) !== 'clear',
};

/** Changes what a test is about, and nothing else. */
export interface Overrides {
  readonly test?: Partial<SmokeTest>;
  readonly error?: Partial<SmokeTest['error']>;
  readonly happy?: Partial<SmokeTest['happy']>;
  readonly limits?: Partial<SmokeTest['limits']>;
  readonly provider?: Partial<Provider>;
  readonly fixture?: unknown;
  readonly order?: Partial<Parameters<typeof runSmoke>[0]>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secret?: string | undefined;
  readonly addresses?: readonly string[];
}

/** Makes the plan's smoke test. */
export function testOf(over: Overrides, fixture: Uint8Array): SmokeTest {
  return {
    id: 'chat-minimal',
    provider: 'example',
    pattern: 'chat-completions',
    environment: 'staging',
    enabled: true,
    request: {
      method: 'POST',
      path: '/v1/chat/completions',
      auth: { scheme: 'bearer', secret: { env: 'SMOKE_KEY' } },
      body: { fixture: 'smoke/minimal.json' },
    },
    pinned: { sha256: digestHex(sha256(fixture)), by: 'ai-platform' },
    limits: { timeout: '10m', responseBytes: 65_536, outputTokens: 16, ...over.limits },
    happy: {
      status: [200],
      contentType: 'application/json',
      at: [
        { pointer: '/id', type: 'string' },
        { pointer: '/model', is: 'requested' },
        { pointer: '/usage/total_tokens', type: 'integer', min: 1, max: 400 },
      ],
      trace: { from: ['header:x-request-id', 'pointer:/id'], required: true },
      ...over.happy,
    },
    error: {
      change: { auth: 'placeholder' },
      status: [401, 403],
      at: [],
      route: { '401': 'ai-platform', '429': 'finops', '5xx': 'ai-platform' },
      ...over.error,
    },
    claims: [
      'pattern-exists',
      'request-completed',
      'trace-present',
      'usage-fields-present',
      'error-classified',
    ],
    ...over.test,
  };
}

/** Holds a run with what the provider saw and what was logged. */
export interface Ran extends SmokeRun {
  readonly server: ProviderServer;
  readonly log: readonly string[];
  readonly traces: readonly string[];
}

/** Runs a smoke test against a provider of its own in the given mode. */
export async function run(mode: ProviderMode, over: Overrides = {}): Promise<Ran> {
  const server = await startProvider(CANARY_KEY, { mode, noise: CANARY_NOISE });
  servers.push(server);
  const fixture = bytesOf(over.fixture ?? FIXTURE);
  const log: string[] = [];
  const traces: string[] = [];
  const order = {
    test: testOf(over, fixture),
    provider: {
      id: 'example',
      host: server.host,
      errors: { envelope: '/error' },
      noFallback: {},
      ...over.provider,
    },
    environmentKind: 'non-production' as const,
    loopback: [server.host],
    fixture,
    patternState: 'holds' as const,
    ...over.order,
  };
  const done = await runSmoke(
    order,
    { ...seal, sidecar: (trace) => void traces.push(trace) },
    portsOf(over, log),
  );
  return { ...done, server, log, traces };
}

/** Builds a world with a real network and no files. */
export function portsOf(over: Overrides, lines: string[]): Ports {
  const write = (...parts: unknown[]) => void lines.push(JSON.stringify(parts));
  const log: Log = { info: write, warn: write, progress: write };
  const untouched = () => Promise.reject(new Error('a smoke test touches no file'));
  return {
    clock: { now: () => instantFromMs(0), ms: () => 0 },
    random: { bytes: (count) => new Uint8Array(count) },
    secrets: {
      read: () => Promise.resolve('secret' in over ? over.secret : CANARY_KEY),
    },
    log,
    network: {
      lookup: async (host) =>
        over.addresses ?? (await lookup(host, { all: true })).map(({ address }) => address),
    },
    files: {
      read: untouched,
      list: untouched,
      makeFolder: untouched,
      writeNew: untouched,
      link: untouched,
      rename: untouched,
      remove: untouched,
      syncFolder: untouched,
    },
    env: over.env ?? {},
  };
}
