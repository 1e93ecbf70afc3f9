import { arch, platform, versions } from 'node:process';
import { canonicalJson, VERSION } from '../../core/index.ts';
import { overridesOf } from '../smoke/preflight.ts';
import type { Fingerprint } from './environment-mismatch.ts';

/** What a fingerprint is taken of, beside this process. */
export interface FingerprintSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Digest of the lockfile that the plan names. */
  readonly lockfile: string | null;
  /** Digest of the plan's file. */
  readonly plan: string;
  /** Names of variables whose values must be the same. */
  readonly flags: readonly string[];
  /** Credentials of the enabled smoke tests; undefined where one could not be read. */
  readonly credentials: readonly (string | undefined)[];
  readonly mac: (value: string) => string;
  /** What stands between `node` and the program. */
  readonly nodeArguments?: readonly string[];
}

/** Takes the fingerprint of this run; values of variables and credentials leave it as MACs only. */
export function takeFingerprint(source: FingerprintSource): Fingerprint {
  const { env, flags, credentials, mac, nodeArguments = [] } = source;
  const { proxy, tlsOff, extraCa } = overridesOf(env);
  const known = credentials.filter((one) => one !== undefined);
  const isWhole = known.length === credentials.length && known.length > 0;
  return {
    node: versions.node,
    os: platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other',
    arch: arch === 'x64' || arch === 'arm64' ? arch : 'other',
    tool: VERSION,
    lockfile: source.lockfile,
    plan: source.plan,
    flags: flags.length === 0 ? null : mac(flagsText(flags, env)),
    credential: isWhole ? mac(canonicalJson(known)) : null,
    proxy,
    tlsOff,
    extraCa,
    // The same options, written behind `node`.
    nodeOptions: isSet(env['NODE_OPTIONS']) || nodeArguments.length > 0,
    preload: PRELOADS.some((name) => isSet(env[name])),
    ci: isSet(env['CI']) && env['CI'] !== 'false',
  };
}

/** Variables by which the system's loader puts code into every program. */
const PRELOADS = ['LD_PRELOAD', 'LD_AUDIT', 'DYLD_INSERT_LIBRARIES'];

const flagsText = (flags: readonly string[], env: FingerprintSource['env']): string =>
  canonicalJson([...new Set(flags)].toSorted().map((name) => [name, env[name] ?? null]));

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
