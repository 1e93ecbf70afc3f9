import { describe, expect, it } from 'vitest';
import { cosignerFromSeed } from './cosignature.ts';
import { signerFromSeed } from './note.ts';
import { secretFromSeed } from './note-keys.ts';
import { parseTrustPolicy, trustPolicyText } from './trust-policy.ts';

const log = signerFromSeed('example.com/log', new Uint8Array(32).fill(1)).verifier.vkey;
const [a = '', b = '', c = '', d = ''] = [2, 3, 4, 5].map(
  (n) => cosignerFromSeed(`example.com/w${n}`, new Uint8Array(32).fill(n)).verifier.vkey,
);
const parse = (text: string) => parseTrustPolicy(Buffer.from(text));
const head = `log ${log}\nwitness A ${a}\nwitness B ${b}\nwitness C ${c}\nwitness D ${d}\n`;

describe('a trust policy', () => {
  it('asks for so many of each group, however deep', () => {
    const policy = parse(
      `# two of three, and the fourth\n${head}\n  group X\t2 A B C\ngroup All all X D \nquorum All\n`,
    );
    expect(policy?.logs.map(({ vkey }) => vkey)).toEqual([log]);
    const holds = (...keys: readonly string[]) => policy?.isQuorum(new Set(keys));
    expect([holds(a, b, d), holds(a, d), holds(a, b, c), holds(), holds(a, b, c, d)]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(parse(`${head}group X any A B\nquorum X\n`)?.isQuorum(new Set([b]))).toBe(true);
    expect(parse(`${head}quorum A\n`)?.isQuorum(new Set([b]))).toBe(false);
    expect(parse('quorum none\n')?.isQuorum(new Set())).toBe(true);
  });

  it.each([
    ['no quorum', head],
    ['two quorums', `${head}quorum A\nquorum A\n`],
    ['a name that is not defined before', `quorum A\n${head}`],
    ['a group of nothing', `${head}group X any\nquorum X\n`],
    ['more than there are', `${head}group X 3 A B\nquorum X\n`],
    ['a count of zero', `${head}group X 0 A B\nquorum X\n`],
    ['a count with a zero before it', `${head}group X 01 A B\nquorum X\n`],
    ['a witness in two groups', `${head}group X any A B\ngroup Y any B C\nquorum X\n`],
    ['a witness twice in a group', `${head}group X 2 A A\nquorum X\n`],
    ['a name that stands twice', `${head}group A any B\nquorum A\n`],
    ['the name none', `${head}group none any B\nquorum none\n`],
    ['none as a member', `${head}group X any none\nquorum X\n`],
    ['a log twice', `${head}log ${log}\nquorum A\n`],
    ['a witness key twice', `${head}witness E ${a}\nquorum A\n`],
    ['a log key as witness', `witness A ${log}\nquorum A\n`],
    ['a witness key as log', `log ${a}\nquorum none\n`],
    ['two addresses', `log ${log} https://a.example https://b.example\nquorum none\n`],
    ['another word', `${head}trust A\nquorum A\n`],
    ['a word that objects have', `${head}constructor A\nquorum A\n`],
    ['a carriage return', `${head}quorum A\r\n`],
    ['a control character', `${head}# \u0001\nquorum A\n`],
    ['no last newline', `${head}quorum A`],
    ['too many lines', `${'\n'.repeat(1001)}quorum none\n`],
  ])('is refused with %s', (_what, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('takes names and comments of any bytes above ASCII, and never reads two as one', () => {
    const kelvin = `witness \u212a ${a}\nwitness K ${b}\nquorum \u212a\n`;
    expect(parse(kelvin)?.isQuorum(new Set([b]))).toBe(false);
    expect(parse(kelvin)?.isQuorum(new Set([a]))).toBe(true);
  });

  it('knows one key under two names', () => {
    const twin = secretFromSeed('example.com/other', 4, new Uint8Array(32).fill(2)).vkey;
    expect(parse(`${head}witness E ${twin}\nquorum A\n`)).toBeUndefined();
  });

  it('of a ledger is one that we read', () => {
    const none = trustPolicyText({ logs: [log], reviewers: [], quorum: 0 });
    expect(none).toBe(`log ${log}\nquorum none\n`);
    const two = parse(trustPolicyText({ logs: [log], reviewers: [a, b, c], quorum: 2 }));
    expect([two?.isQuorum(new Set([a])), two?.isQuorum(new Set([a, c]))]).toEqual([false, true]);
  });
});
