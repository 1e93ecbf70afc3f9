import type { RecordOf } from '../evidence/index.ts';

type Assertions = RecordOf<'review'>['assertions'];

/**
 * Answers the article's four minimum assertions from what the smoke test and its usage link recorded; `not-run` when
 * no smoke test ran. Several tests must all hold.
 */
export function minimumAssertions(
  smoke: readonly RecordOf<'smoke'>[],
  links: readonly RecordOf<'usage-link'>[],
): Assertions {
  if (smoke.length === 0) {
    return {
      patternDocumented: 'not-run',
      happyTraceable: 'not-run',
      errorSafe: 'not-run',
      usageConnected: 'not-run',
    };
  }
  return {
    patternDocumented: everyClaim(smoke, 'pattern-exists'),
    happyTraceable: all(
      smoke.map(({ happy, trace }) => happy.outcome === 'pass' && trace !== null),
      smoke.map(({ happy }) => happy.outcome === 'inconclusive'),
    ),
    errorSafe: all(
      smoke.map(({ error }) => error.outcome === 'pass'),
      smoke.map(({ error }) => error.outcome === 'inconclusive'),
    ),
    usageConnected: linked(links),
  };
}

function everyClaim(
  smoke: readonly RecordOf<'smoke'>[],
  claim: string,
): 'pass' | 'fail' | 'not-run' {
  const results = smoke.flatMap(({ claims }) => claims.filter((one) => one.claim === claim));
  if (results.length === 0) return 'not-run';
  return all(
    results.map(({ result }) => result === 'holds'),
    results.map(({ result }) => result === 'not-evaluable'),
  );
}

function all(holds: readonly boolean[], unknown: readonly boolean[]): 'pass' | 'fail' | 'not-run' {
  if (holds.every(Boolean)) return 'pass';
  return holds.some((held, index) => !held && unknown[index] === false) ? 'fail' : 'not-run';
}

function linked(links: readonly RecordOf<'usage-link'>[]): Assertions['usageConnected'] {
  if (links.length === 0) return 'not-run';
  if (links.every(({ outcome }) => outcome === 'pass')) return 'pass';
  return links.some(({ outcome }) => outcome === 'fail') ? 'fail' : 'pending';
}
