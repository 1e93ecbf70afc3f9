import type { Provider, SmokeTest } from '../../plan/index.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import {
  type Assertion,
  errorClassOf,
  isBlocked,
  isStandIn,
  judgeAssertions,
  notEvaluated,
  readAnswer,
  routeOf,
} from './judge-answer.ts';
import { notAnswered } from './judge-happy.ts';
import { failed, passed, unproved } from './preflight.ts';
import type { JudgedFields, PathResult, Transport } from './result.ts';

/**
 * Judges the answer to the one wrong request: it must be refused in the documented way, so that an operator can route it.
 */
export function judgeError(
  answer: Answer | NoAnswer,
  test: SmokeTest,
  provider: Provider,
): PathResult {
  const wanted = assertionsOf(test, provider);
  if (answer.kind === 'none') return notAnswered(answer, test, wanted.length);
  const { status } = answer;
  const ends = (
    judged: JudgedFields,
    transport: Transport = 'ok',
    assertions = notEvaluated(wanted.length),
  ): PathResult => ({
    ...judged,
    status,
    errorClass: errorClassOf(status),
    transport,
    assertions,
    routedTo: routeOf(status, test.error.route),
  });
  // A wrong credential that is accepted also makes the happy path worthless as evidence.
  if (status < 400) return ends(failed('smoke-invalid'));
  if (!test.error.status.includes(status)) {
    return ends(
      isBlocked(status) ? unproved('smoke-blocked', `smoke:${test.id}`) : failed('smoke-assertion'),
    );
  }
  // A refusal out of a cache says nothing of the credential that was sent.
  if (isStandIn(answer, provider)) return ends(failed('smoke-invalid'), 'other');
  if (wanted.length === 0) return ends(passed);
  const read = readAnswer(answer, test.error.contentType ?? test.happy.contentType);
  if (typeof read === 'string') return ends(failed('smoke-invalid'), read);
  const assertions = judgeAssertions(read.value, wanted, null);
  const isWhole = assertions.every(({ ok }) => ok);
  return ends(isWhole ? passed : failed('smoke-assertion'), 'ok', assertions);
}

/** Lists the plan's assertions and, behind them, the provider's error envelope. */
function assertionsOf(test: SmokeTest, provider: Provider): readonly Assertion[] {
  const { envelope } = provider.errors;
  return [
    ...test.error.at,
    ...(envelope === undefined ? [] : [{ pointer: envelope, type: 'object' as const }]),
  ];
}
