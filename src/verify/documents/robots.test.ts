import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../test/cpu-ms.ts';
import { isAllowedByRobots, parseRobots } from './robots.ts';

const allows = (text: string, path: string): boolean =>
  isAllowedByRobots(parseRobots(text, 'spendproof'), path);

const ALL = 'User-agent: *\n';

describe('parseRobots', () => {
  it.each<readonly [string, string, string, boolean]>([
    ['nothing', '', '/a', true],
    ['an empty rule', `${ALL}Disallow:`, '/a', true],
    ['everything', `${ALL}Disallow: /`, '/a', false],
    ['everything but robots.txt', `${ALL}Disallow: /`, '/robots.txt', true],
    ['a prefix', `${ALL}Disallow: /a`, '/ab', false],
    ['another prefix', `${ALL}Disallow: /b`, '/ab', true],
    ['the longer rule', `${ALL}Disallow: /a\nAllow: /a/b`, '/a/b', true],
    ['the longer rule, whatever the order', `${ALL}Allow: /a/b\nDisallow: /a`, '/a/c', false],
    ['equal rules', `${ALL}Disallow: /a\nAllow: /a`, '/a', true],
    ['a query', `${ALL}Disallow: /*?visit=`, '/a?visit=1', false],
    ['an end', `${ALL}Disallow: /*.md$`, '/a.md', false],
    ['an end that is not there', `${ALL}Disallow: /*.md$`, '/a.mdx', true],
    ['an end without a wildcard', `${ALL}Disallow: /a$`, '/ab', true],
    ['two wildcards', `${ALL}Disallow: /a*b*c`, '/a/x/b/y/c/z', false],
    ['two wildcards that overlap', `${ALL}Disallow: /a*a$`, '/a', true],
    ['our own group', `${ALL}Disallow: /\n\nUser-agent: Spendproof/9\nDisallow: /x`, '/a', true],
    ['our own empty group', `${ALL}Disallow: /\nUser-agent: spendproof\nAllow: /`, '/a', true],
    [
      'our groups together',
      'User-agent: spendproof\nDisallow: /a\nUser-agent: other\nDisallow: /b\nUser-agent: spendproof\nDisallow: /c',
      '/c',
      false,
    ],
    ['a group of two', 'User-agent: other\nUser-agent: spendproof\nDisallow: /a', '/a', false],
    ['a longer name', 'User-agent: spendproofer\nDisallow: /', '/a', true],
    ['a comment', `${ALL}Disallow: /a # not this`, '/a', false],
    ['carriage returns', 'User-agent: *\r\nDisallow: /a\r\n', '/a', false],
    ['old line ends', 'User-agent: *\rDisallow: /a\r', '/a', false],
    ['rules before any group', 'Disallow: /', '/a', true],
    [
      'other fields',
      `${ALL}Sitemap: https://x.example/s\nCrawl-delay: 9\nDisallow: /a`,
      '/a',
      false,
    ],
    ['a mark of byte order', `\ufeff${ALL}Disallow: /a`, '/a', false],
    ['encoded unreserved characters', `${ALL}Disallow: /%7Ejoe`, '/~joe', false],
    ['encoded unreserved characters of the path', `${ALL}Disallow: /~joe`, '/%7ejoe', false],
    ['other letters', `${ALL}Disallow: /ツ`, '/%E3%83%84', false],
    ['encoded reserved characters', `${ALL}Disallow: /a%2fb`, '/a/b', true],
    ['lower-case encoding', `${ALL}Disallow: /a%2fb`, '/a%2Fb', false],
  ])('understands %s', (_what, text, path, expected) => {
    expect(allows(text, path)).toBe(expected);
  });

  it('leaves out what stands after 500 KiB', () => {
    const text = `${ALL}${'# filler\n'.repeat(60_000)}Disallow: /`;
    expect(allows(text, '/a')).toBe(true);
  });

  test.prop([fc.array(fc.constantFrom('a', 'b', '*', '/', '$'), { maxLength: 12 })])(
    'matches as the pattern written as a regular expression does',
    (signs) => {
      const pattern = `/${signs.join('')}`;
      const body = pattern.replace(/\$$/, '');
      const source = body
        .split('*')
        .map((piece) => piece.replaceAll('$', String.raw`\$`))
        .join('.*');
      const expression = new RegExp(`^${source}${pattern.endsWith('$') ? '$' : ''}`);
      for (const path of ['/', '/a', '/ab', '/aba', '/a/b', '/b/a/b', '/aa']) {
        expect(allows(`${ALL}Disallow: ${pattern}`, path)).toBe(!expression.test(path));
      }
    },
  );

  it('stays fast on a hostile pattern', () => {
    const ms = cpuMs(() => {
      allows(`${ALL}Disallow: /${'*a'.repeat(2000)}b$`, `/${'a'.repeat(10_000)}`);
    });
    expect(ms).toBeLessThan(500);
  });
});
