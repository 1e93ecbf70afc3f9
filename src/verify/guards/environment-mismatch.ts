import { guardAnswer, type GuardFinding, type GuardResult } from './result.ts';

/** How a run stands in the world: an allow-list of facts, never a value of a variable. */
export interface Fingerprint {
  readonly node: string;
  readonly os: 'linux' | 'darwin' | 'win32' | 'other';
  readonly arch: 'x64' | 'arm64' | 'other';
  readonly tool: string;
  readonly lockfile: string | null;
  readonly plan: string;
  /** MAC over the variables that the plan lists, with their values. */
  readonly flags: string | null;
  /** MAC over the credentials of the enabled smoke tests. */
  readonly credential: string | null;
  readonly nodeOptions: boolean;
  readonly tlsOff: boolean;
  readonly proxy: boolean;
  readonly extraCa: boolean;
  readonly preload: boolean;
  readonly ci: boolean;
}

type Fact = Exclude<keyof Fingerprint, 'ci'>;

/** Names of facts as a plan tolerates them. */
export const ENVIRONMENT_FACTS = {
  node: 'another version of Node',
  os: 'another operating system',
  arch: 'another processor',
  tool: 'another release of Spendproof',
  lockfile: 'another lockfile, or none',
  plan: 'another plan',
  flags: 'another value of a variable that the plan lists',
  credential: 'another credential, or none',
  nodeOptions: 'NODE_OPTIONS',
  tlsOff: 'NODE_TLS_REJECT_UNAUTHORIZED=0',
  proxy: 'a proxy',
  extraCa: 'NODE_EXTRA_CA_CERTS or its like',
  preload: 'LD_PRELOAD or its like',
} as const satisfies Record<Fact, string>;

const FACTS = Object.keys(ENVIRONMENT_FACTS).filter(
  (name): name is Fact => name in ENVIRONMENT_FACTS,
);

/** A hosted run is the reference for what changes with the project; what bends the run itself must not change unseen. */
const HELD_WHEN_HOSTED: readonly Fact[] = [
  'flags',
  'credential',
  'nodeOptions',
  'tlsOff',
  'proxy',
  'extraCa',
  'preload',
];

/** What comparing two fingerprints said. */
export interface EnvironmentJudgement {
  readonly result: GuardResult;
  readonly findings: readonly GuardFinding[];
}

/**
 * Compares a run with the last hosted one; every difference that the plan does not tolerate by name fails.
 *
 * A hosted run may bring another lockfile, plan, release or machine: it is what others are compared with. Verification of
 * certificates that is switched off is never tolerated.
 * @param hosted undefined when no hosted run is recorded yet: then a hosted run begins the row, and any other is inconclusive.
 */
export function environmentMismatch(
  now: Fingerprint,
  hosted: Fingerprint | undefined,
  tolerate: readonly string[],
): EnvironmentJudgement {
  const own = now.tlsOff ? [finding('tlsOff')] : [];
  if (hosted === undefined) {
    const first = now.ci
      ? guardAnswer('environment-mismatch', 'pass')
      : guardAnswer('environment-mismatch', 'inconclusive', ['no-baseline'], ['guard:hosted-run']);
    return own.length === 0 ? { result: first, findings: [] } : failed(own);
  }
  const compared = now.ci ? HELD_WHEN_HOSTED : FACTS;
  const differing = compared.filter(
    (name) => now[name] !== hosted[name] && !tolerate.includes(name) && name !== 'tlsOff',
  );
  const findings = [...own, ...differing.map((name) => finding(name))];
  return findings.length === 0
    ? { result: guardAnswer('environment-mismatch', 'pass'), findings }
    : failed(findings);
}

const failed = (findings: readonly GuardFinding[]): EnvironmentJudgement => ({
  result: guardAnswer('environment-mismatch', 'fail', ['environment-mismatch']),
  findings,
});

const finding = (name: Fact): GuardFinding => ({
  ruleId: `environment-mismatch/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
  level: 'error',
  message: `the run has ${ENVIRONMENT_FACTS[name]} than the last hosted run`.replace(
    /has (NODE_.*|LD_PRELOAD.*|a proxy) than/,
    'differs in $1 from',
  ),
});
