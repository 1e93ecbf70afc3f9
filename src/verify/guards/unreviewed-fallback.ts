import { guardAnswer, type GuardFinding, type GuardResult } from './result.ts';

/** The part of a smoke test's record that says where and how was asked. */
export interface EffectiveRequest {
  readonly smoke: string;
  /** MAC over everything below and the limits, no-fallback fields, retries and TLS; absent in records of the first release. */
  readonly effective: string | undefined;
  readonly baseRequest: string | null;
  readonly credential: string | null;
  readonly fixture: string | null;
}

/** What the fallback guard compares. */
export interface FallbackQuestion {
  /** Digest of the plan's file now. */
  readonly plan: string;
  /** The plan that a role has accepted last; undefined when nobody ever did. */
  readonly accepted: string | undefined;
  /** The first run of each smoke test under the accepted plan, and its newest. */
  readonly requests: readonly {
    readonly reviewed: EffectiveRequest;
    readonly now: EffectiveRequest;
  }[];
  /** The plan's file, for the finding. */
  readonly planFile: string;
}

/** What the fallback guard found. */
export interface FallbackJudgement {
  readonly result: GuardResult;
  readonly findings: readonly GuardFinding[];
}

/**
 * Fails a plan that changed without a review, and a smoke test that asked something else than the reviewed one did: another
 * host, path, model, credential, limit or no-fallback field. Nothing is an alternative that nobody agreed to.
 */
export function unreviewedFallback(question: FallbackQuestion): FallbackJudgement {
  const { plan, accepted, planFile, requests } = question;
  if (accepted === undefined) {
    const missing = ['plan:accepted'];
    const result = guardAnswer('unreviewed-fallback', 'inconclusive', ['plan-unreviewed'], missing);
    return { result, findings: [] };
  }
  const changed: readonly GuardFinding[] =
    plan === accepted
      ? []
      : [
          {
            ruleId: 'unreviewed-fallback/plan',
            level: 'error',
            message: 'the plan is not the one that a role has accepted',
            file: planFile,
          },
        ];
  const findings = [...changed, ...requests.flatMap((pair) => differing(pair))];
  if (findings.length === 0) {
    return { result: guardAnswer('unreviewed-fallback', 'pass'), findings };
  }
  const reasons = [
    ...(changed.length > 0 ? (['plan-unreviewed'] as const) : []),
    'unreviewed-fallback' as const,
  ];
  return { result: guardAnswer('unreviewed-fallback', 'fail', reasons), findings };
}

function differing({
  reviewed,
  now,
}: FallbackQuestion['requests'][number]): readonly GuardFinding[] {
  const parts = (['baseRequest', 'credential', 'fixture'] as const).filter(
    (name) => reviewed[name] !== now[name],
  );
  if (parts.length > 0) return parts.map((name) => finding(now.smoke, name));
  const isKnown = reviewed.effective !== undefined && now.effective !== undefined;
  return isKnown && reviewed.effective !== now.effective ? [finding(now.smoke, 'effective')] : [];
}

const WORDS = {
  baseRequest: 'another host, method, path or header',
  credential: 'another credential',
  fixture: 'another fixture',
  effective: 'another model, limit, no-fallback field or TLS setting',
} as const;

const finding = (smoke: string, part: keyof typeof WORDS): GuardFinding => ({
  ruleId: `unreviewed-fallback/${part === 'baseRequest' ? 'base-request' : part}`,
  level: 'error',
  message: `the smoke test ${smoke} was sent with ${WORDS[part]} than the reviewed one`,
});
