import { describe, expect, it } from 'vitest';
import {
  ENVIRONMENT_FACTS,
  environmentMismatch,
  type Fingerprint,
} from './environment-mismatch.ts';
import { takeFingerprint } from './fingerprint.ts';
import { guardedHandoff, type HandoffQuestion } from './guarded-handoff.ts';
import { type FallbackQuestion, unreviewedFallback } from './unreviewed-fallback.ts';

const hosted: Fingerprint = {
  node: '20.20.2',
  os: 'linux',
  arch: 'x64',
  tool: '0.1.0',
  lockfile: 'sha256:a',
  plan: 'sha256:b',
  flags: 'flags',
  credential: 'credential',
  nodeOptions: false,
  tlsOff: false,
  proxy: false,
  extraCa: false,
  preload: false,
  ci: true,
};
const local = { ...hosted, ci: false };

const OTHER: Fingerprint = {
  node: '24.0.0',
  os: 'darwin',
  arch: 'arm64',
  tool: '0.2.0',
  lockfile: null,
  plan: 'sha256:c',
  flags: 'other',
  credential: null,
  nodeOptions: true,
  tlsOff: true,
  proxy: true,
  extraCa: true,
  preload: true,
  ci: false,
};
const FACTS = Object.keys(ENVIRONMENT_FACTS) as (keyof typeof ENVIRONMENT_FACTS)[];

describe('environmentMismatch', () => {
  it('passes the environment of the last hosted run, and begins the row with a hosted one', () => {
    expect(environmentMismatch(local, hosted, []).result.outcome).toBe('pass');
    expect(environmentMismatch(hosted, undefined, []).result.outcome).toBe('pass');
    expect(environmentMismatch(local, undefined, []).result).toMatchObject({
      outcome: 'inconclusive',
      missing: ['guard:hosted-run'],
    });
  });

  it.each(FACTS)('fails another %s, unless the plan tolerates it by name', (name) => {
    const other = { ...local, [name]: OTHER[name] };
    const found = environmentMismatch(other, hosted, []);
    expect(found.result).toMatchObject({ outcome: 'fail', reasons: ['environment-mismatch'] });
    expect(found.findings).toHaveLength(1);
    expect(found.findings[0]?.ruleId).toBe(
      `environment-mismatch/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
    const tolerated = environmentMismatch(other, hosted, [name]).result.outcome;
    expect(tolerated).toBe(name === 'tlsOff' ? 'fail' : 'pass');
  });

  it('never takes certificates that are not checked, also not in the first hosted run', () => {
    const off = { ...hosted, tlsOff: true };
    expect(environmentMismatch(off, undefined, ['tlsOff']).result.outcome).toBe('fail');
    expect(environmentMismatch(off, off, ['tlsOff']).result.outcome).toBe('fail');
  });

  it('lets a hosted run bring a new lockfile, and nothing that bends it', () => {
    const grown = { ...hosted, lockfile: 'sha256:d', node: '24.0.0', plan: 'sha256:e' };
    expect(environmentMismatch(grown, hosted, []).result.outcome).toBe('pass');
    for (const bent of ['nodeOptions', 'proxy', 'extraCa', 'preload'] as const) {
      expect(environmentMismatch({ ...hosted, [bent]: true }, hosted, []).result.outcome).toBe(
        'fail',
      );
    }
  });
});

describe('takeFingerprint', () => {
  const source = {
    lockfile: null,
    plan: 'sha256:b',
    flags: ['MODE'],
    credentials: ['secret-of-the-test'],
    mac: (value: string) => `mac(${value.length})`,
  };

  it('sees each override, whatever its value, and holds none of them', () => {
    const env = {
      NODE_OPTIONS: '--inspect=canary',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      https_proxy: 'http://canary:canary@proxy',
      NODE_EXTRA_CA_CERTS: '/canary.pem',
      LD_PRELOAD: '/canary.so',
      CI: 'true',
      MODE: 'canary',
    };
    const found = takeFingerprint({ ...source, env });
    expect(found).toMatchObject({
      nodeOptions: true,
      tlsOff: true,
      proxy: true,
      extraCa: true,
      preload: true,
      ci: true,
    });
    expect(JSON.stringify(found)).not.toMatch(/canary|secret-of/);
    for (const env of [{ LD_AUDIT: '/canary.so' }, { DYLD_INSERT_LIBRARIES: '/canary' }]) {
      expect(takeFingerprint({ ...source, env }).preload).toBe(true);
    }
    expect(takeFingerprint({ ...source, env: { SSL_CERT_FILE: '/canary' } }).extraCa).toBe(true);
    const behindNode = { ...source, env: {}, nodeArguments: ['--require', './canary.cjs'] };
    expect(takeFingerprint(behindNode).nodeOptions).toBe(true);
    const none = takeFingerprint({ ...source, env: { CI: 'false', HTTP_PROXY: '' } });
    expect(none).toMatchObject({ nodeOptions: false, proxy: false, ci: false, preload: false });
  });

  it('says that a credential is unknown rather than comparing the rest', () => {
    const env = {};
    expect(
      takeFingerprint({ ...source, env, credentials: ['a', undefined] }).credential,
    ).toBeNull();
    expect(takeFingerprint({ ...source, env, credentials: [] }).credential).toBeNull();
    expect(takeFingerprint({ ...source, env, flags: [] }).flags).toBeNull();
  });
});

const request = {
  smoke: 'chat-minimal',
  effective: 'e',
  baseRequest: 'b',
  credential: 'c',
  fixture: 'f',
};
const fallback = (over: Partial<FallbackQuestion>): FallbackQuestion => ({
  plan: 'sha256:a',
  accepted: 'sha256:a',
  requests: [{ reviewed: request, now: request }],
  planFile: 'spendproof.yaml',
  ...over,
});

describe('unreviewedFallback', () => {
  it('passes what a role has accepted, asked as it was', () => {
    expect(unreviewedFallback(fallback({})).result.outcome).toBe('pass');
  });

  it('does not pass a plan that nobody ever accepted', () => {
    expect(unreviewedFallback(fallback({ accepted: undefined })).result).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['plan-unreviewed'],
      missing: ['plan:accepted'],
    });
  });

  it('fails a plan that changed since', () => {
    const { result, findings } = unreviewedFallback(fallback({ plan: 'sha256:z' }));
    expect(result).toMatchObject({
      outcome: 'fail',
      reasons: ['plan-unreviewed', 'unreviewed-fallback'],
    });
    expect(findings[0]).toMatchObject({ file: 'spendproof.yaml' });
  });

  it.each(['baseRequest', 'credential', 'fixture', 'effective'] as const)(
    'fails a request with another %s',
    (part) => {
      const now = { ...request, [part]: 'other' };
      const found = unreviewedFallback(fallback({ requests: [{ reviewed: request, now }] }));
      expect(found.result).toMatchObject({ outcome: 'fail', reasons: ['unreviewed-fallback'] });
      expect(found.findings).toHaveLength(1);
    },
  );

  it('compares no effective request that a record of the first release does not hold', () => {
    const reviewed = { ...request, effective: undefined };
    expect(
      unreviewedFallback(fallback({ requests: [{ reviewed, now: request }] })).result.outcome,
    ).toBe('pass');
  });
});

const review = {
  outcome: 'inconclusive',
  nextAction: 'keep-monitoring',
  owner: 'finops',
  missing: ['export:quota'],
};
const handoff = {
  command: 'review',
  result: 'inconclusive',
  changed: [],
  uncertainty: [{ subject: 'export:quota' }],
  nextAction: 'keep-monitoring',
  owner: 'finops',
};
const question = (over: Partial<HandoffQuestion>): HandoffQuestion => ({
  handoff,
  review,
  operator: 'finops',
  unresolved: 0,
  required: ['command', 'result', 'changed-files', 'remaining-uncertainty'],
  ...over,
});

describe('guardedHandoff', () => {
  it('passes a handoff that says what the review says', () => {
    expect(guardedHandoff(question({})).result.outcome).toBe('pass');
  });

  it.each<[string, Partial<HandoffQuestion>, string]>([
    ['without a command', { handoff: { ...handoff, command: '' } }, 'part'],
    ['with another result', { handoff: { ...handoff, result: 'pass' } }, 'result'],
    ['with another owner', { handoff: { ...handoff, owner: 'nobody' } }, 'next'],
    [
      'that leaves out what is missing',
      { handoff: { ...handoff, uncertainty: [] } },
      'uncertainty',
    ],
    ['that rests on records that are not there', { unresolved: 1 }, 'record'],
  ])('fails one %s', (_, over, rule) => {
    const { result, findings } = guardedHandoff(question(over));
    expect(result).toMatchObject({ outcome: 'fail', reasons: ['weak-handoff'] });
    expect(findings.map(({ ruleId }) => ruleId)).toContain(`weak-handoff/${rule}`);
  });

  it.each([{ handoff: undefined }, { review: undefined }])('cannot judge without %j', (over) => {
    expect(guardedHandoff(question(over)).result.outcome).toBe('inconclusive');
  });
});
