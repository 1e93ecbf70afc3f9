import type { Provider, SmokeTest } from '../../plan/index.ts';
import { errorClassOf, isBlocked, routeOf } from './judge-answer.ts';
import { isInvalidTransport, type TraceMarker } from './judge-happy.ts';
import { failed, passed, unproved } from './preflight.ts';
import type { JudgedFields, PathResult, SmokeResult, Transport } from './result.ts';
import { claimsOf, concluded } from './verdict.ts';

/** What is kept of an exchange: nothing of a body, and enough to judge it again. */
type Observation = Pick<PathResult, 'status' | 'transport' | 'assertions'>;

/** What a record of a smoke test holds that its verdict rests on. */
export type SmokeObservation = Pick<SmokeResult, 'requests' | 'trace' | 'traceFrom'> & {
  readonly happy: Observation & JudgedFields;
  readonly error: Observation & JudgedFields;
};

/** The part of a smoke test's record that follows from what was observed. */
export type Rejudged = JudgedFields & Pick<SmokeResult, 'happy' | 'error' | 'claims'>;

/**
 * Judges a smoke test again from its sanitized observation: statuses, transports, answered assertions, and whether a trace
 * was there. The exchange itself cannot be repeated, so the observation is taken as recorded.
 *
 * @returns undefined when nothing was sent: then the record is a refusal, and there is no answer to judge.
 */
export function rejudgeSmoke(
  seen: SmokeObservation,
  test: SmokeTest,
  provider: Provider,
): Rejudged | undefined {
  if (seen.requests === 0) return undefined;
  const trace: TraceMarker | undefined =
    seen.trace === null || seen.traceFrom === 'none'
      ? undefined
      : { from: seen.traceFrom, marker: '' };
  const happy = { path: happyOf(seen.happy, test, trace), trace };
  const error =
    seen.requests < 2 ? unsentError(seen.error, happy.path) : errorOf(seen.error, test, provider);
  return {
    ...concluded(test, happy, error),
    happy: happy.path,
    error,
    claims: claimsOf(test, happy, error),
  };
}

function happyOf(seen: Observation, test: SmokeTest, trace: TraceMarker | undefined): PathResult {
  const { status, transport } = seen;
  if (isNoAnswer(transport, status, seen)) return withoutAnswer(seen, test);
  if (!test.happy.status.includes(status ?? 0)) return refused(seen, test, status ?? 0);
  if (transport !== 'ok') return answered(seen, failed('smoke-invalid'), test);
  const isSwapped = seen.assertions.some(({ reason }) => reason === 'differs');
  const lacksTrace = trace === undefined && test.happy.trace.required;
  const isShort = seen.assertions.some(({ ok }) => !ok) || lacksTrace;
  const short = isShort ? failed('smoke-assertion') : passed;
  return answered(seen, isSwapped ? failed('smoke-invalid') : short, test);
}

function errorOf(seen: Observation, test: SmokeTest, provider: Provider): PathResult {
  const { status, transport } = seen;
  if (isNoAnswer(transport, status, seen)) return withoutAnswer(seen, test);
  if ((status ?? 0) < 400) return answered(seen, failed('smoke-invalid'), test);
  if (!test.error.status.includes(status ?? 0)) return refused(seen, test, status ?? 0);
  const wanted = test.error.at.length + (provider.errors.envelope === undefined ? 0 : 1);
  if (transport !== 'ok') return answered(seen, failed('smoke-invalid'), test);
  if (wanted === 0) return answered(seen, passed, test);
  const isWhole = seen.assertions.length === wanted && seen.assertions.every(({ ok }) => ok);
  return answered(seen, isWhole ? passed : failed('smoke-assertion'), test);
}

/** A body that was read and refused has a transport of its own and a status; a cache says `other` with one. */
function isNoAnswer(
  transport: Transport,
  status: number | null,
  { assertions }: Observation,
): boolean {
  if (status === null) return true;
  if (transport === 'ok' || READ.includes(transport)) return false;
  return transport !== 'other' || assertions.some(({ reason }) => reason !== 'not-evaluated');
}

/** Faults that are found in an answer that came whole. */
const READ: readonly Transport[] = ['content-type', 'bad-json'];

const withoutAnswer = (seen: Observation, test: SmokeTest): PathResult => ({
  ...observed(seen),
  ...(isInvalidTransport(seen.transport)
    ? failed('smoke-invalid')
    : unproved('smoke-transport', `smoke:${test.id}`)),
  errorClass: isInvalidTransport(seen.transport) ? 'other' : 'transport',
  routedTo: null,
});

const refused = (seen: Observation, test: SmokeTest, status: number): PathResult =>
  answered(
    seen,
    isBlocked(status) ? unproved('smoke-blocked', `smoke:${test.id}`) : failed('smoke-assertion'),
    test,
  );

const answered = (seen: Observation, judged: JudgedFields, test: SmokeTest): PathResult => ({
  ...observed(seen),
  ...judged,
  errorClass: errorClassOf(seen.status ?? 0),
  routedTo: routeOf(seen.status ?? 0, test.error.route),
});

/** The second request was not sent, for the reason that the first one gives. */
const unsentError = (seen: Observation, happy: PathResult): PathResult => ({
  ...observed(seen),
  outcome: happy.outcome,
  reasons: happy.reasons,
  missing: happy.missing,
  errorClass: 'none',
  routedTo: null,
});

const observed = ({ status, transport, assertions }: Observation): Observation => ({
  status,
  transport,
  assertions,
});
