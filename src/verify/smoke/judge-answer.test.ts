import { describe, expect, it } from 'vitest';
import type { Answer } from './exchange.ts';
import {
  type Assertion,
  errorClassOf,
  isBlocked,
  isStandIn,
  judgeAssertions,
  readAnswer,
  routeOf,
} from './judge-answer.ts';

const answerWith = (headers: Readonly<Record<string, string>>): Answer => ({
  kind: 'answer',
  status: 200,
  headers,
  body: Buffer.from('{}'),
  tlsKey: null,
});

const provider = {
  id: 'example',
  host: 'api.example.com',
  errors: {},
  noFallback: {},
  zeroHeaders: ['x-attempted-retries'],
};

describe('judgeAssertions', () => {
  const value = {
    id: 'x',
    count: 5,
    part: 0.5,
    big: 2 ** 53,
    list: [1, 2],
    object: {},
    yes: true,
    none: null,
    model: 'a',
  };

  it.each<[Assertion, string]>([
    [{ pointer: '/id', type: 'string' }, 'ok'],
    [{ pointer: '/id', type: 'string', min: 2 }, 'range'],
    [{ pointer: '/none', type: 'string' }, 'type'],
    [{ pointer: '/missing', type: 'string' }, 'absent'],
    [{ pointer: '/count', type: 'integer', min: 5, max: 5 }, 'ok'],
    [{ pointer: '/count', type: 'integer', min: 6 }, 'range'],
    [{ pointer: '/count', type: 'integer', max: 4 }, 'range'],
    [{ pointer: '/part', type: 'integer' }, 'type'],
    [{ pointer: '/big', type: 'integer' }, 'type'],
    [{ pointer: '/list', type: 'array', max: 1 }, 'range'],
    [{ pointer: '/list', type: 'object' }, 'type'],
    [{ pointer: '/object', type: 'object', min: 1 }, 'ok'],
    [{ pointer: '/none', type: 'object' }, 'type'],
    [{ pointer: '/yes', type: 'boolean' }, 'ok'],
    [{ pointer: '/id', type: 'boolean' }, 'type'],
    [{ pointer: '/model', is: 'requested' }, 'ok'],
    [{ pointer: '/id', is: 'requested' }, 'differs'],
  ])('answers %j with %s', (assertion, reason) => {
    expect(judgeAssertions(value, [assertion], 'a')).toEqual([
      { index: 0, ok: reason === 'ok', reason },
    ]);
  });

  it('does not take any model for the requested one when none was requested', () => {
    const [first] = judgeAssertions(value, [{ pointer: '/model', is: 'requested' }], null);
    expect(first).toEqual({ index: 0, ok: false, reason: 'not-evaluated' });
  });
});

describe('what a status means', () => {
  it.each([
    [200, 'none', false],
    [400, 'invalid-request', false],
    [401, 'auth', true],
    [402, 'permission', true],
    [403, 'permission', true],
    [404, 'not-found', false],
    [418, 'other', false],
    [422, 'invalid-request', false],
    [429, 'rate-limit', true],
    [500, 'server', true],
    [529, 'server', true],
  ])('%d is %s', (status, errorClass, blocks) => {
    expect([errorClassOf(status), isBlocked(status)]).toEqual([errorClass, blocks]);
  });

  it('routes by the exact status before the class of statuses', () => {
    const route = { '503': 'a', '5xx': 'b', '4xx': 'c' };
    expect([503, 500, 404, 200].map((status) => routeOf(status, route))).toEqual([
      'a',
      'b',
      'c',
      null,
    ]);
    expect(routeOf(500, {})).toBeNull();
  });
});

describe('where an answer came from', () => {
  it.each([
    [{ age: '1' }, true],
    [{ age: '0' }, false],
    [{ 'x-cache': 'HIT' }, true],
    [{ 'x-cache': 'MISS from edge' }, false],
    [{ 'cf-cache-status': 'HIT' }, true],
    [{ 'cf-cache-status': 'DYNAMIC' }, false],
    [{ 'x-cache': 'TCP_MEM_HIT' }, true],
    [{ 'cache-status': 'edge; hit; ttl=9, inner; fwd=miss' }, true],
    [{ 'cache-status': 'edge; fwd=uri-miss' }, false],
    [{ 'x-gateway-cache-hit': 'True' }, true],
    [{ 'x-gateway-cache-hit': 'false' }, false],
    [{ 'x-cache-hits': '0, 1' }, true],
    [{ 'x-cache-hits': '0, 0' }, false],
    [{ 'x-cache-node': 'whitby' }, false],
    [{ age: '42, 0' }, true],
    [{ age: 'long' }, false],
    [{ 'x-attempted-retries': '1' }, true],
    [{ 'x-attempted-retries': '0' }, false],
    [{ 'x-attempted-retries': 'unknown' }, true],
    [{ 'x-other-retries': '1' }, false],
    [{}, false],
  ])('%j says that something else answered: %s', (headers, cached) => {
    expect(isStandIn(answerWith(headers), provider)).toBe(cached);
  });

  it.each([
    ['application/json', true],
    ['Application/JSON; charset=utf-8', true],
    ['application/jsonp', false],
    ['text/html', false],
  ])('reads %s: %s', (type, isRead) => {
    const read = readAnswer(answerWith({ 'content-type': type }), 'application/json');
    expect(read).toEqual(isRead ? { value: {} } : 'content-type');
  });

  it('reads nothing without a content type', () => {
    expect(readAnswer(answerWith({}), 'application/json')).toBe('content-type');
  });
});
