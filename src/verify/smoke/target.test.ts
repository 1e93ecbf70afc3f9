import { describe, expect, it } from 'vitest';
import { portsOf } from '../../../test/servers/smoke-harness.ts';
import { originOf, resolveTarget } from './target.ts';

const resolve = (url: string, addresses: readonly string[], loopback: readonly string[] = []) =>
  resolveTarget(new URL(url), { loopback, timeoutMs: 1000 }, portsOf({ addresses }, []));

describe('originOf', () => {
  it('is HTTPS, but for exactly the addresses that the plan lists as this machine', () => {
    const loopback = ['127.0.0.1:8080'];
    expect(originOf('API.example.com', loopback).origin).toBe('https://api.example.com');
    expect(originOf('api.example.com:443', loopback).origin).toBe('https://api.example.com');
    expect(originOf('127.0.0.1:8080', loopback).origin).toBe('http://127.0.0.1:8080');
    expect(originOf('127.0.0.1:8081', loopback).origin).toBe('https://127.0.0.1:8081');
  });
});

describe('resolveTarget', () => {
  it('keeps the addresses that were checked', async () => {
    expect(await resolve('https://api.example.com/x', ['93.184.215.14', '8.8.8.8'])).toEqual({
      secure: true,
      host: 'api.example.com',
      port: 443,
      addresses: ['93.184.215.14', '8.8.8.8'],
    });
    expect(await resolve('https://api.example.com/', ['2606:4700::1111'])).toMatchObject({
      addresses: ['2606:4700::1111'],
    });
  });

  it('takes a listed address over plain HTTP, on its port or on that of HTTP', async () => {
    const listed = await resolve('http://localhost:8080/', ['::1'], ['localhost:8080']);
    expect(listed).toMatchObject({ secure: false, port: 8080, addresses: ['::1'] });
    const standard = await resolve('http://127.0.0.1/', [], ['127.0.0.1:80']);
    expect(standard).toMatchObject({ secure: false, port: 80, addresses: ['127.0.0.1'] });
  });

  it.each([
    ['a private answer', 'https://api.example.com/', ['10.1.2.3']],
    ['a private answer behind a public one', 'https://api.example.com/', ['8.8.8.8', '::1']],
    ['a private literal', 'https://192.168.0.1/', []],
    ['a port that no provider uses', 'https://api.example.com:9200/', ['8.8.8.8']],
  ])('refuses %s', async (_, url, addresses) => {
    expect(await resolve(url, addresses)).toBe('address-refused');
  });

  it('refuses a listed name that leads to another machine', async () => {
    const bent = await resolve('http://localhost:8080/', ['10.1.2.3'], ['localhost:8080']);
    expect(bent).toBe('address-refused');
  });

  it('counts an empty answer and a failed look-up as none', async () => {
    expect(await resolve('https://api.example.com/', [])).toBe('dns');
    const ports = portsOf({}, []);
    const failing = { ...ports, network: { lookup: () => Promise.reject(new Error('SERVFAIL')) } };
    const reach = { loopback: [], timeoutMs: 1000 };
    expect(await resolveTarget(new URL('https://api.example.com/'), reach, failing)).toBe('dns');
  });
});
