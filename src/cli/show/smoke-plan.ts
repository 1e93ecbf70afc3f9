import { shortDigest } from '../../core/index.ts';
import { reasonWords } from '../../report/index.ts';
import type { PlannedRequest, SmokePlan } from '../../verify/index.ts';

/**
 * Shows both requests of a smoke test header by header, and the body by what it is made of.
 *
 * @param fixture the path of the approved body, as the plan writes it.
 */
export function smokePlanText(plan: SmokePlan, fixture: string | undefined): string {
  const [happy, error] = plan.requests;
  const { limits } = plan;
  return [
    `${plan.smoke}: nothing is sent by this command`,
    ...(happy === undefined ? [] : ['', '1  happy path', ...requestLines(happy, plan, fixture)]),
    ...(error === undefined
      ? []
      : ['', `2  error path: ${CHANGES[plan.change]}`, ...requestLines(error, plan, fixture)]),
    '',
    `once each, no retry, no redirect; ${limits.timeoutMs} ms, ${limits.responseBytes} bytes of answer, ${limits.outputTokens} output tokens at most`,
    `fixture: ${plan.fixture === null ? 'none' : `${shortDigest(plan.fixture.digest)}… ${plan.fixture.isPinned ? 'pinned' : 'not pinned'}`}`,
    `never asserted: ${plan.notAsserted.join(', ')}`,
    ...(plan.refusedFor.length === 0
      ? []
      : [`would be refused now: ${reasonWords(plan.refusedFor)}`]),
  ].join('\n');
}

const CHANGES = {
  'auth-placeholder': 'the same with a public placeholder for the credential',
  'model-nonexistent': 'the same with a model that does not exist',
  'body-truncated': 'the same with half of the body',
  param: 'the same with one other value',
} as const;

function requestLines(
  { method, path, headers, body }: PlannedRequest,
  plan: SmokePlan,
  fixture: string | undefined,
): readonly string[] {
  const added = Object.keys(plan.added).length === 0 ? '' : ` with ${JSON.stringify(plan.added)}`;
  return [
    `   ${method} ${plan.origin}${path}`,
    ...Object.entries(headers).map(
      ([name, value]) => `   ${name}: ${value ?? `(the secret ${referenceOf(plan)})`}`,
    ),
    body === null
      ? '   no body'
      : `   body: ${fixture ?? ''}${added}, ${body.bytes} bytes, ${body.digest}`,
  ];
}

/** Names a secret by its reference, such as `env:NAME`. */
export const referenceOf = ({ secret }: Pick<SmokePlan, 'secret'>): string =>
  Object.entries(secret)
    .map(([kind, name]) => `${kind}:${Array.isArray(name) ? name.join(' ') : String(name)}`)
    .join('');
