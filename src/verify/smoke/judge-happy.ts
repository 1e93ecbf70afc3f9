import type { Json } from '../../core/index.ts';
import type { Provider, SmokeTest } from '../../plan/index.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import {
  errorClassOf,
  isBlocked,
  isStandIn,
  judgeAssertions,
  notEvaluated,
  readAnswer,
  routeOf,
} from './judge-answer.ts';
import { valueAt } from './pointer.ts';
import { failed, passed, unproved } from './preflight.ts';
import type { JudgedFields, PathResult, Transport } from './result.ts';

/** Holds the trace marker until it is turned into a MAC. */
export interface TraceMarker {
  readonly from: 'header' | 'pointer';
  readonly marker: string;
}

/** Holds the judged happy path, and the marker beside it, never in it. */
export interface HappyJudgement {
  readonly path: PathResult;
  readonly trace: TraceMarker | undefined;
}

/** What an answer is compared with beside the plan. */
export interface Sent {
  readonly provider: Provider;
  readonly requestedModel: string | null;
  /** Tells a marker of the provider from one that gives back what was sent. */
  readonly isOwn: (marker: string) => boolean;
}

/** Judges the answer to the documented request. */
export function judgeHappy(answer: Answer | NoAnswer, test: SmokeTest, sent: Sent): HappyJudgement {
  if (answer.kind === 'none')
    return { path: notAnswered(answer, test, test.happy.at.length), trace: undefined };
  const { status } = answer;
  const ends = (judged: JudgedFields, transport: Transport = 'ok'): HappyJudgement => ({
    path: {
      ...judged,
      status,
      errorClass: errorClassOf(status),
      transport,
      assertions: notEvaluated(test.happy.at.length),
      routedTo: routeOf(status, test.error.route),
    },
    trace: undefined,
  });
  if (!test.happy.status.includes(status)) {
    return ends(
      isBlocked(status) ? unproved('smoke-blocked', `smoke:${test.id}`) : failed('smoke-assertion'),
    );
  }
  // The closed list of a record has no word of its own for it: something else than what was asked for answered.
  if (isStandIn(answer, sent.provider)) return ends(failed('smoke-invalid'), 'other');
  const read = readAnswer(answer, test.happy.contentType);
  if (typeof read === 'string') return ends(failed('smoke-invalid'), read);
  return judgeBody(read.value, answer, test, sent);
}

/** Makes the result of a request that got no answer to judge. */
export function notAnswered(answer: NoAnswer, test: SmokeTest, assertions: number): PathResult {
  return {
    ...(isInvalidTransport(answer.transport)
      ? failed('smoke-invalid')
      : unproved('smoke-transport', `smoke:${test.id}`)),
    status: answer.status,
    errorClass: isInvalidTransport(answer.transport) ? 'other' : 'transport',
    transport: answer.transport,
    assertions: notEvaluated(assertions),
    routedTo: null,
  };
}

/** Tells whether an answer did come that is none that evidence can rest on. */
export const isInvalidTransport = (transport: Transport): boolean => INVALID.includes(transport);

const INVALID: readonly Transport[] = [
  'redirect',
  'content-type',
  'encoding',
  'bad-json',
  'too-large',
  'secret-format',
];

function judgeBody(
  value: Json,
  answer: Answer,
  test: SmokeTest,
  { requestedModel, isOwn }: Sent,
): HappyJudgement {
  const assertions = judgeAssertions(value, test.happy.at, requestedModel);
  const found = markersOf(value, answer, test);
  const trace = found.find(({ marker }) => isOwn(marker));
  const isSwapped = assertions.some(({ reason }) => reason === 'differs');
  const lacksTrace = trace === undefined && test.happy.trace.required;
  const isShort = assertions.some(({ ok }) => !ok) || lacksTrace;
  return {
    path: {
      ...(isSwapped ? failed('smoke-invalid') : isShort ? failed('smoke-assertion') : passed),
      status: answer.status,
      errorClass: 'none',
      transport: 'ok',
      assertions,
      routedTo: null,
    },
    trace,
  };
}

/** Lists the markers that are there: each one printable word, so that it can be looked up in an export. */
function markersOf(value: Json, answer: Answer, test: SmokeTest): readonly TraceMarker[] {
  return test.happy.trace.from.flatMap((source): readonly TraceMarker[] => {
    const [kind, name = ''] = source.split(/:(.*)/s);
    const from = kind === 'header' ? 'header' : 'pointer';
    const marker = from === 'header' ? answer.headers[name.toLowerCase()] : valueAt(value, name);
    const isWord = typeof marker === 'string' && /^[\x21-\x7e]{1,256}$/.test(marker);
    return isWord ? [{ from, marker }] : [];
  });
}
