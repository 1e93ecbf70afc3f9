import { durationMs, type Ports, type SecretRef } from '../core/index.ts';
import { type Delivery, type DeliveryPlace, notDelivered } from './channel.ts';
import { type Letter, post, postOnly, secretMissing } from './http.ts';
import { cut, type Notice } from './notice.ts';
import { readToken, readUrl } from './secrets.ts';

/** What differs between hosts of code that hold one comment for each thread. */
export interface CommentHost {
  /** The longest comment. */
  readonly textMax: number;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
  /** The address that lists comments, by page from 1, and takes new ones. */
  readonly comments: (issue: URL) => URL;
  /** The address of one comment. */
  readonly comment: (issue: URL, id: number) => URL;
  readonly edit: 'PATCH' | 'PUT';
}

interface CommentChannel {
  readonly id: string;
  readonly url: SecretRef;
  readonly token: SecretRef;
  readonly timeout: string;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

const PAGE = 100;
const PAGES_MAX = 20;
/** A page of the longest comments. */
const LIST_BYTES_MAX = PAGE * 70_000;

/**
 * Writes a notice into the one comment of its thread: made once, then edited, found by a hidden mark.
 *
 * A notice that the comment holds already is not written again.
 */
export async function deliverComment(
  host: CommentHost,
  channel: CommentChannel,
  notice: Notice,
  { place, ports }: { readonly place: DeliveryPlace; readonly ports: Ports },
): Promise<Delivery> {
  const issue = await readUrl(channel.url, ports);
  if (issue === undefined) return secretMissing(channel.id, 'url', ports);
  const token = await readToken(channel.token, ports);
  if (token === undefined) return secretMissing(channel.id, 'token', ports);
  const base = { headers: () => host.headers(token), timeoutMs: durationMs(channel.timeout) };
  const found = await findComment(host, issue, { base, mark: markOf(notice), place, ports });
  if ('outcome' in found) return found;
  const { comment } = found;
  if (comment?.body.includes(eventMark(notice)) === true) return found.delivery;
  const body = JSON.stringify({ body: commentOf(notice, host.textMax) });
  const letter: Letter =
    comment === undefined
      ? { ...base, url: host.comments(issue), body }
      : { ...base, method: host.edit, url: host.comment(issue, comment.id), body };
  return await postOnly(letter, place, ports);
}

/** Writes the text of a comment: the marks first, so that cutting cannot lose them. */
export function commentOf(notice: Notice, max: number): string {
  const state = notice.state === 'resolved' ? '\n_Resolved._\n' : '';
  const text = notice.markdown.replace(/^# /, '### ');
  return cut(`${markOf(notice)}\n${eventMark(notice)}\n${text}${state}`, max);
}

const markOf = ({ thread }: Notice): string => `<!-- spendproof:thread=${thread} -->`;
const eventMark = ({ id }: Notice): string => `<!-- spendproof:notice=${id} -->`;

interface Search {
  readonly base: Pick<Letter, 'headers' | 'timeoutMs'>;
  readonly mark: string;
  readonly place: DeliveryPlace;
  readonly ports: Ports;
}

async function findComment(
  host: CommentHost,
  issue: URL,
  { base, mark, place, ports }: Search,
): Promise<Delivery | { readonly delivery: Delivery; readonly comment: Comment | undefined }> {
  for (let page = 1; ; page += 1) {
    const url = host.comments(issue);
    url.searchParams.set('per_page', String(PAGE));
    url.searchParams.set('page', String(page));
    const list = {
      ...base,
      method: 'GET',
      url,
      body: null,
      answerBytesMax: LIST_BYTES_MAX,
    } as const;
    const { delivery, value } = await post(list, place, ports);
    if (value === undefined) return delivery;
    const comments = commentsIn(value.body);
    // Without the list nobody knows whether the comment exists: a second one would be made each time.
    if (comments === undefined) return notDelivered('status', delivery.attempts);
    const comment = comments.find(({ body }) => body.startsWith(mark));
    if (comment !== undefined || comments.length < PAGE || page >= PAGES_MAX) {
      return { delivery, comment };
    }
  }
}

function commentsIn(body: Uint8Array): readonly Comment[] | undefined {
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(body));
    if (!Array.isArray(list)) return undefined;
    return list.map((entry: unknown) => (isComment(entry) ? entry : { id: 0, body: '' }));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isComment = (value: unknown): value is Comment =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  Number.isSafeInteger(value.id) &&
  'body' in value &&
  typeof value.body === 'string';
