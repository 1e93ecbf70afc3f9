import {
  AppError,
  canonicalJson,
  durationMs,
  type Ports,
  type ReasonId,
} from '../../core/index.ts';
import { exchange, type Answer, type NoAnswer } from './exchange.ts';
import { notEvaluated } from './judge-answer.ts';
import { judgeError } from './judge-error.ts';
import { judgeHappy, type HappyJudgement } from './judge-happy.ts';
import { promptNeedles, responseNeedles } from './needles.ts';
import { failed, overridesOf, refusalOf, type SmokeOrder, unproved } from './preflight.ts';
import { requestIdOf } from './request-id.ts';
import {
  AUTH_HEADER,
  baseOf,
  type Draft,
  type Drafts,
  draftRequests,
  mutationOf,
  NONEXISTENT_MODEL,
  PLACEHOLDER_CREDENTIAL,
  sealed,
} from './request.ts';
import type { JudgedFields, PathResult, SmokeResult, Transport } from './result.ts';
import { originOf, resolveTarget, type Target } from './target.ts';
import { claimsOf, concluded } from './verdict.ts';

/** Turns a value that must not be guessed into its MAC: 22 characters of base64url, by the ledger's salt. */
export type MacOf = (value: string) => string;

/** Gives a run what it may not know itself: the ledger's salt, the evidence gate's scan, and a place for raw markers. */
export interface SmokeSeal {
  readonly mac: MacOf;
  /** Tells whether a text holds a part of a needle, plain or encoded; true also when that cannot be said. */
  readonly holds: (text: string, needles: readonly string[]) => boolean;
  /** Is handed each raw trace marker, which the result does not hold. */
  readonly sidecar?: (marker: string) => void;
}

/** Holds the result of a run, and apart from it what no record may contain. */
export interface SmokeRun {
  readonly result: SmokeResult;
  /** Gives the secret, the credential header, and the lines of prompt and answers, for the evidence gate only; never log them. */
  readonly needles: () => readonly string[];
}

/**
 * Sends the documented request and, when an answer came, the same request with one wrong value; nothing else, and nothing twice.
 *
 * Everything that can be refused is refused before the secret is read, and the secret is checked before anything is sent.
 */
export async function runSmoke(
  order: SmokeOrder,
  seal: SmokeSeal,
  ports: Ports,
): Promise<SmokeRun> {
  const refusal = refusalOf(order, ports.env);
  if (refusal !== undefined) return unsent({ order, ports }, refusal);
  const drafts = draftRequests(order.test, order.provider, order.fixture);
  if (drafts === undefined) return unsent({ order, ports }, failed('smoke-invalid'));
  const timeoutMs = durationMs(order.test.limits.timeout);
  const url = originOf(order.provider.host, order.loopback);
  const target = await resolveTarget(url, { loopback: order.loopback, timeoutMs }, ports);
  if (typeof target === 'string') {
    return unsent({ order, ports }, unproved('smoke-transport', `smoke:${order.test.id}`), target);
  }
  const secret = await readSecret(order, ports);
  if (typeof secret !== 'string') return unsent({ order, ports }, secret);
  if (!isSendable(secret, seal)) {
    const malformed = unproved('credential-malformed', `smoke:${order.test.id}`);
    return unsent({ order, ports }, malformed, 'secret-format', [secret]);
  }
  return send({ order, drafts, target, secret, timeoutMs }, seal, ports);
}

interface Sending {
  readonly order: SmokeOrder;
  readonly drafts: Drafts;
  readonly target: Target;
  readonly secret: string;
  readonly timeoutMs: number;
}

async function send(sending: Sending, seal: SmokeSeal, ports: Ports): Promise<SmokeRun> {
  const { order, drafts } = sending;
  const { test, provider } = order;
  const { mac, sidecar } = seal;
  const sent = sentNeedles(sending);
  // A provider can answer with what it was sent: then there is no marker, and nothing for the sidecar.
  const isOwn = (marker: string) => !seal.holds(marker, sent);
  const happyAnswer = await sendDraft(drafts.happy, sending);
  const happy = judgeHappy(happyAnswer, test, {
    provider,
    requestedModel: drafts.requestedModel,
    isOwn,
  });
  // After a refusal or a fault the second request would prove nothing, and press a provider that said no.
  const goesOn = happyAnswer.kind === 'answer' && happy.path.outcome !== 'inconclusive';
  const errorAnswer = goesOn ? await sendDraft(drafts.error, sending) : undefined;
  const error =
    errorAnswer === undefined
      ? notRun(test.error.at.length, happy.path)
      : judgeError(errorAnswer, test, provider);
  const requestId = requestIdOf(errorAnswer, provider, isOwn);
  for (const marker of [happy.trace?.marker, requestId]) {
    if (marker !== undefined) sidecar?.(marker);
  }
  const result: SmokeResult = {
    ...names(order),
    ...concluded(test, happy, error),
    requests: errorAnswer === undefined ? 1 : 2,
    fixture: drafts.fixture,
    baseRequest: mac(sharedBase(sending)),
    credential: mac(sending.secret),
    overrides: overridesOf(ports.env),
    effective: mac(effectiveRequest(sending, mac)),
    happy: happy.path,
    error,
    ...tracesOf(happy, requestId, mac),
    tlsKey: happyAnswer.kind === 'answer' ? happyAnswer.tlsKey : null,
    claims: claimsOf(test, happy, error),
  };
  ports.log.info('smoke.ran', {
    smoke: test.id,
    outcome: result.outcome,
    requests: result.requests,
  });
  const needles = [...sent, ...answerNeedles(sending, [happyAnswer, errorAnswer], happy)];
  return { result, needles: () => needles };
}

function sendDraft(draft: Draft, sending: Sending): Promise<Answer | NoAnswer> {
  const { order, secret, target, timeoutMs } = sending;
  const credential = draft.credential === 'secret' ? secret : PLACEHOLDER_CREDENTIAL;
  return exchange(target, sealed(draft, order.test.request.auth.scheme, credential), {
    timeoutMs,
    responseBytesMax: order.test.limits.responseBytes,
  });
}

/** Proves that both requests are the same one but for the change. @throws {AppError} `internal` when they are not. */
function sharedBase({ order, drafts }: Sending): string {
  const base = (draft: Draft) => baseOf(draft, order.test, order.provider.host, drafts.fixture);
  if (base(drafts.happy) !== base(drafts.error)) {
    throw new AppError('internal', { message: 'Expected one base for both smoke requests' });
  }
  return base(drafts.happy);
}

/** Turns the markers of both answers into MACs; the words go to the sidecar alone. */
function tracesOf(
  { trace }: HappyJudgement,
  requestId: string | undefined,
  mac: MacOf,
): Pick<SmokeResult, 'trace' | 'traceFrom' | 'errorTrace'> {
  return {
    trace: trace === undefined ? null : mac(trace.marker),
    traceFrom: trace?.from ?? 'none',
    ...(requestId === undefined ? {} : { errorTrace: mac(requestId) }),
  };
}

/** Describes where and how was asked; whatever a gateway or a setting could quietly change is in it. */
function effectiveRequest(sending: Sending, mac: MacOf): string {
  const { order, drafts, target, secret, timeoutMs } = sending;
  const { limits } = order.test;
  return canonicalJson({
    base: sharedBase(sending),
    model: drafts.requestedModel,
    credential: mac(secret),
    noFallback: order.provider.noFallback,
    limits: { timeoutMs, responseBytes: limits.responseBytes, outputTokens: limits.outputTokens },
    retries: 0,
    redirects: 'forbid',
    tls: target.secure,
  });
}

async function readSecret({ test }: SmokeOrder, ports: Ports): Promise<string | JudgedFields> {
  const without = (reason: ReasonId) => unproved(reason, `smoke:${test.id}`);
  try {
    return (await ports.secrets.read(test.request.auth.secret)) ?? without('credential-missing');
  } catch (error) {
    const isExposed = error instanceof AppError && error.code === 'secret-exposed';
    // The message of a failed command or file can hold its output: only that there is no secret is kept.
    ports.log.warn('smoke.secret-unreadable', {
      smoke: test.id,
      known: error instanceof Error,
      exposed: isExposed,
    });
    return without(isExposed ? 'environment-mismatch' : 'credential-missing');
  }
}

/**
 * Printable ASCII without spaces: a line break would make clients quote the header, and with it the secret. What the scan
 * could not find again, because it is too short or has too few characters, could not be protected either.
 */
const isSendable = (secret: string, { holds }: SmokeSeal): boolean =>
  /^[\x21-\x7e]{10,512}$/.test(secret) &&
  secret !== PLACEHOLDER_CREDENTIAL &&
  holds(secret, [secret]);

function names({ test }: SmokeOrder) {
  return {
    smoke: test.id,
    pattern: test.pattern,
    environment: test.environment,
    mutation: mutationOf(test),
  };
}

/** Makes the result of a run in which nothing was sent. */
function unsent(
  { order, ports }: { readonly order: SmokeOrder; readonly ports: Ports },
  judged: JudgedFields,
  transport: Transport = 'other',
  secrets: readonly string[] = [],
): SmokeRun {
  const { test } = order;
  const path = (count: number): PathResult => ({ ...notRun(count, judged), transport });
  const happy = path(test.happy.at.length);
  const error = path(test.error.at.length);
  const needles = [...secrets, ...promptNeedles(order.fixture, [])];
  const result: SmokeResult = {
    ...names(order),
    ...judged,
    requests: 0,
    fixture: null,
    baseRequest: null,
    credential: null,
    overrides: overridesOf(ports.env),
    happy,
    error,
    trace: null,
    traceFrom: 'none',
    tlsKey: null,
    claims: test.claims.map((claim) => ({
      claim,
      result: claim === 'pattern-exists' ? PATTERN[order.patternState] : 'not-evaluable',
    })),
  };
  return { result, needles: () => needles };
}

const PATTERN = {
  holds: 'holds',
  broken: 'broken',
  stale: 'not-evaluable',
  'not-evaluable': 'not-evaluable',
} as const;

/** Stands for a request that was not sent, for the reason that the other one gives. */
function notRun(count: number, cause: JudgedFields): PathResult {
  return {
    outcome: cause.outcome,
    reasons: cause.reasons,
    missing: cause.missing,
    status: null,
    errorClass: 'none',
    transport: 'other',
    assertions: notEvaluated(count),
    routedTo: null,
  };
}

const publicWordsOf = ({ drafts }: Sending): readonly string[] => [
  drafts.requestedModel ?? '',
  NONEXISTENT_MODEL,
  PLACEHOLDER_CREDENTIAL,
];

/** Lists what left this machine and must not come back into anything written. */
function sentNeedles(sending: Sending): readonly string[] {
  const { order, secret } = sending;
  const { prefix } = AUTH_HEADER[order.test.request.auth.scheme];
  return [secret, `${prefix}${secret}`, ...promptNeedles(order.fixture, publicWordsOf(sending))];
}

function answerNeedles(
  sending: Sending,
  answers: readonly (Answer | NoAnswer | undefined)[],
  { trace }: HappyJudgement,
): readonly string[] {
  return [
    ...(trace === undefined ? [] : [trace.marker]),
    ...answers.flatMap((answer) =>
      answer?.kind === 'answer' ? responseNeedles(answer.body, publicWordsOf(sending)) : [],
    ),
  ];
}
