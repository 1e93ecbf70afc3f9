import { describe, expect, it } from 'vitest';
import { guardTarget, isAllowedPeer, isPublicAddress, refusalOfUrl } from './guard.ts';

const answering = (...addresses: readonly string[]) => ({
  lookup: async () => addresses,
});

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450::1'])('accepts %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '100:0:0:1::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001:0:1::1',
    '3fff::1',
    'fc00::1',
    'fe80::1',
    'fe80::1%eth0',
    '2606:4700::1%eth0',
    'ff02::1',
    'example.org',
    '2130706433',
    '',
  ])('refuses %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });
});

describe('refusalOfUrl', () => {
  it.each([
    ['https://127.0.0.1/', 'address'],
    ['https://2130706433/', 'address'],
    ['https://0x7f.1/', 'address'],
    ['https://0177.0.0.1/', 'address'],
    ['https://127.1./', 'address'],
    ['https://[::ffff:7f00:1]/', 'address'],
    ['https://[::1]/', 'address'],
    ['https://example.org:8443/', 'port'],
    ['http://example.org/', 'scheme'],
    ['ftp://example.org/', 'scheme'],
    ['https://user:word@example.org/', 'credentials'],
    ['http://127.0.0.1:8081/', 'scheme'],
    ['http://localhost:8080/', 'scheme'],
  ])('refuses %s (%s)', (url, refusal) => {
    expect(refusalOfUrl(new URL(url), ['127.0.0.1:8080'])).toBe(refusal);
  });

  it.each([
    'https://example.org/',
    'https://example.org:80/',
    'https://8.8.8.8/',
    'http://127.0.0.1:8080/x',
    'https://127.0.0.1:8080/x',
  ])('has nothing against %s', (url) => {
    expect(refusalOfUrl(new URL(url), ['127.0.0.1:8080'])).toBeUndefined();
  });
});

describe('guardTarget', () => {
  const page = new URL('https://docs.example/');

  it('gives the checked addresses of a public host', async () => {
    const target = await guardTarget(page, [], answering('8.8.8.8', '2606:4700::1'));
    expect(target).toEqual({ listed: false, addresses: ['8.8.8.8', '2606:4700::1'] });
  });

  it('refuses when any one answer is not public', async () => {
    await expect(guardTarget(page, [], answering('8.8.8.8', '10.0.0.1'))).rejects.toMatchObject({
      refusal: 'address',
    });
  });

  it('refuses a host without addresses', async () => {
    await expect(guardTarget(page, [], answering())).rejects.toMatchObject({
      refusal: 'no-address',
    });
  });

  it('does not look a literal up', async () => {
    const target = await guardTarget(new URL('https://8.8.8.8/'), [], answering('10.0.0.1'));
    expect(target.addresses).toEqual(['8.8.8.8']);
  });

  it('keeps a listed name on this machine', async () => {
    const url = new URL('http://localhost:8080/');
    const own = await guardTarget(url, ['localhost:8080'], answering('::1', '127.0.0.1'));
    expect(own.listed).toBe(true);
    await expect(
      guardTarget(url, ['localhost:8080'], answering('192.168.1.9')),
    ).rejects.toMatchObject({ refusal: 'address' });
  });
});

describe('isAllowedPeer', () => {
  it('wants a known address of the right side', () => {
    expect(isAllowedPeer(undefined, { listed: true })).toBe(false);
    expect(isAllowedPeer('127.0.0.1', { listed: true })).toBe(true);
    expect(isAllowedPeer('127.0.0.1', { listed: false })).toBe(false);
    expect(isAllowedPeer('8.8.8.8', { listed: true })).toBe(false);
  });
});
