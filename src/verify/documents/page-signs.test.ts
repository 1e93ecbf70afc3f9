import { describe, expect, it } from 'vitest';
import type { NormalisedDocument } from './normalised.ts';
import { textLength } from './normalised.ts';
import { type SignSubject, signOf } from './page-signs.ts';

const LONG = 'Words that say nothing about anything. '.repeat(60);
const MIDDLE = 'Words that say nothing about anything. '.repeat(8);

function signFor(
  page: { readonly title?: string; readonly heading?: string; readonly text: string },
  extra: Partial<SignSubject> = {},
) {
  const document: NormalisedDocument = {
    normaliser: 'nd1',
    representation: 'html',
    title: page.title ?? '',
    language: 'en',
    sections: [
      {
        level: 1,
        heading: page.heading ?? 'Docs',
        blocks: [{ kind: 'paragraph', text: page.text }],
      },
    ],
    menu: [],
    links: [],
    masks: [],
  };
  return signOf({
    document,
    asksForPassword: false,
    mustContain: [],
    locale: 'en',
    comparedLength: textLength(document),
    acceptedLength: undefined,
    ...extra,
  });
}

describe('signOf', () => {
  it('takes an ordinary page for a page', () => {
    expect(signFor({ text: LONG })).toBe('page');
    expect(signFor({ text: MIDDLE })).toBe('page');
    expect(signFor({ text: LONG }, { mustContain: ['NOTHING about'] })).toBe('page');
    expect(signFor({ text: MIDDLE }, { locale: undefined })).toBe('page');
  });

  it.each([
    'Application error: a client-side exception has occurred',
    "This page isn't available right now",
    'Redirecting to legal.example',
    'Please enable JavaScript to run this app',
    '503 Service Unavailable',
  ])('takes a short page that says %j for an error', (text) => {
    expect(signFor({ text: `${text} ${'x'.repeat(120)}` })).toBe('degraded');
    expect(signFor({ heading: text, text: LONG })).toBe('page');
  });

  it('finds an error in a heading of a short page', () => {
    expect(signFor({ heading: 'Something went wrong', text: MIDDLE })).toBe('degraded');
  });

  it.each([
    '404',
    'Page not found',
    'Example Docs | Not Found',
    '404 - Docs',
    "Page doesn't exist",
  ])('takes a short page headed %j for a missing one', (title) => {
    expect(signFor({ title, text: MIDDLE })).toBe('missing');
    expect(signFor({ heading: title, text: MIDDLE })).toBe('missing');
    expect(signFor({ heading: title, text: LONG })).toBe('page');
    expect(signFor({ title, text: LONG }, { mustContain: ['canary'] })).toBe('missing');
    expect(signFor({ title, text: MIDDLE }, { mustContain: ['words'] })).toBe('page');
  });

  it.each([
    'Just a moment...',
    'Access denied',
    'Before you continue',
    'Sign in to Example',
    'Log in',
  ])('takes a short page headed %j for a wall', (title) => {
    expect(signFor({ title, text: MIDDLE })).toBe('blocked');
    expect(signFor({ title, text: LONG })).toBe('page');
  });

  it('takes a page that asks for a password for a login, unless it proves to be the page', () => {
    const asksForPassword = true;
    expect(signFor({ text: MIDDLE }, { asksForPassword })).toBe('blocked');
    expect(signFor({ text: MIDDLE }, { asksForPassword, mustContain: ['words'] })).toBe('page');
    expect(
      signFor({ title: 'Sign in', text: LONG }, { asksForPassword, mustContain: ['words'] }),
    ).toBe('blocked');
  });

  it('calls a page that lost its text, its canary or its language degraded', () => {
    expect(signFor({ text: 'x'.repeat(95) })).toBe('degraded');
    expect(signFor({ text: 'x'.repeat(95) }, { acceptedLength: 100 })).toBe('page');
    expect(signFor({ text: LONG }, { acceptedLength: 10_000 })).toBe('degraded');
    expect(signFor({ text: LONG }, { mustContain: ['words', 'canary'] })).toBe('degraded');
    expect(signFor({ text: LONG }, { locale: 'de-AT' })).toBe('degraded');
  });
});
