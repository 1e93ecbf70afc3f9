import { describe, expect, it } from 'vitest';
import type { Provider } from '../../plan/index.ts';
import type { Answer } from './exchange.ts';
import { requestIdOf } from './request-id.ts';

const provider = (requestIdIn?: 'header' | 'message'): Provider => ({
  id: 'example',
  host: 'api.example.com',
  errors: { envelope: '/error', ...(requestIdIn === undefined ? {} : { requestIdIn }) },
  noFallback: {},
});
const answer = (message: unknown, headers: Record<string, string> = {}): Answer => ({
  kind: 'answer',
  status: 401,
  headers,
  body: new TextEncoder().encode(JSON.stringify({ error: { message } })),
  tlsKey: null,
});

const own = () => true;

describe('requestIdOf', () => {
  it.each<[string, Answer, 'header' | 'message', string | undefined]>([
    [
      'in the message',
      answer('invalid key (request id: 20261123-abc_D)'),
      'message',
      '20261123-abc_D',
    ],
    [
      'the last one of a message',
      answer('Request ID: aaaaaaaa. request id: bbbbbbbb'),
      'message',
      'bbbbbbbb',
    ],
    ['in a header', answer('x', { 'request-id': 'req_12345678' }), 'header', 'req_12345678'],
    ['no message', answer(7), 'message', undefined],
    ['a message without one', answer('no'), 'message', undefined],
    ['what is no id', answer('request id: <script>alert(1)'), 'message', undefined],
    ['what is too short', answer('x', { 'x-request-id': 'a' }), 'header', undefined],
  ])('%s', (_, from, where, expected) => {
    expect(requestIdOf(from, provider(where), own)).toBe(expected);
  });

  it('looks nowhere that the provider does not name', () => {
    expect(requestIdOf(answer('request id: aaaaaaaa'), provider(), own)).toBeUndefined();
    expect(requestIdOf(undefined, provider('header'), own)).toBeUndefined();
    expect(
      requestIdOf({ kind: 'none', transport: 'dns', status: null }, provider('header'), own),
    ).toBeUndefined();
  });
});
