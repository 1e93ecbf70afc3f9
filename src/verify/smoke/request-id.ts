import type { Provider } from '../../plan/index.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import { valueAt } from './pointer.ts';
import { parseStrictJson } from './strict-json.ts';

const HEADERS = ['x-request-id', 'request-id', 'x-litellm-call-id'] as const;
const MARK = 'request id:';
const ID = /^[A-Za-z0-9_-]{8,128}$/;

/**
 * Finds the id that support asks for in a refused request: in a header, or, where the provider writes it there, in the
 * message of its error. The words around it are dropped.
 *
 * @param isOwn tells an id of the provider from one that gives back what was sent.
 */
export function requestIdOf(
  answer: Answer | NoAnswer | undefined,
  { errors }: Provider,
  isOwn: (id: string) => boolean,
): string | undefined {
  if (answer?.kind !== 'answer' || errors.requestIdIn === undefined) return undefined;
  const found =
    errors.requestIdIn === 'header'
      ? HEADERS.map((name) => answer.headers[name]).find((value) => value !== undefined)
      : inMessage(answer.body, `${errors.envelope ?? ''}/message`);
  return found !== undefined && ID.test(found) && isOwn(found) ? found : undefined;
}

function inMessage(body: Uint8Array, pointer: string): string | undefined {
  const parsed = parseStrictJson(body);
  const message = parsed === undefined ? undefined : valueAt(parsed.value, pointer);
  if (typeof message !== 'string') return undefined;
  const at = message.toLowerCase().lastIndexOf(MARK);
  return at < 0
    ? undefined
    : message
        .slice(at + MARK.length)
        .trim()
        .split(/[\s)\],.]/)[0];
}
