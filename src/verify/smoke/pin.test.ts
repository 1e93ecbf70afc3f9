import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { digestHex } from '../../core/index.ts';
import { fixtureDigest, pinFixture } from './pin.ts';

const digest = fixtureDigest(new TextEncoder().encode('{}'));
const approval = { digest, by: 'ai-platform' };
const PIN = `pinned: { sha256: ${digestHex(digest)}, by: ai-platform }`;
const OLD = `{ sha256: ${'0'.repeat(64)}, by: old }`;

describe('pinFixture', () => {
  it.each([
    [
      'a block',
      '# head\nsmoke:\n  - id: chat   # the test\n    enabled: false\n\n  - id: other\n',
      `# head\nsmoke:\n  - id: chat   # the test\n    ${PIN}\n    enabled: false\n\n  - id: other\n`,
    ],
    [
      'a block whose id is not first',
      'smoke:\n- enabled: false\n  id: chat\n',
      `smoke:\n- enabled: false\n  id: chat\n  ${PIN}\n`,
    ],
    [
      'a block without a last line break',
      'smoke:\n  - id: chat',
      `smoke:\n  - id: chat\n    ${PIN}\n`,
    ],
    [
      'a block with CRLF',
      'smoke:\r\n  - id: chat\r\n    a: 1\r\n',
      `smoke:\r\n  - id: chat\r\n    ${PIN}\r\n    a: 1\r\n`,
    ],
    [
      'a flow map',
      'smoke: [{ id: chat, a: 1 }] # c\n',
      `smoke: [{ id: chat, ${PIN}, a: 1 }] # c\n`,
    ],
    [
      'an older pin',
      `smoke:\n  - id: chat\n    pinned: ${OLD} # by whom\n    a: 1\n`,
      `smoke:\n  - id: chat\n    ${PIN} # by whom\n    a: 1\n`,
    ],
    [
      'an older pin in a block',
      `smoke:\n  - id: chat\n    pinned:\n      sha256: "${'0'.repeat(64)}"\n      by: old\n    a: 1\n`,
      `smoke:\n  - id: chat\n    ${PIN}\n    a: 1\n`,
    ],
    [
      'an emptied pin',
      'smoke:\n  - id: chat\n    pinned: null\n',
      `smoke:\n  - id: chat\n    ${PIN}\n`,
    ],
  ])('writes into %s and leaves every other character', (_, before, after) => {
    expect(pinFixture(before, 'chat', approval)).toBe(after);
  });

  it('changes nothing when it is repeated', () => {
    const once = pinFixture('smoke:\n  - id: chat\n', 'chat', approval);
    expect(pinFixture(once, 'chat', approval)).toBe(once);
  });

  const example = '../shared/design/plan-example.yaml';
  const text = readable(example);
  it.skipIf(text === undefined)('adds one line to the example plan of the design', () => {
    const edited = pinFixture(text ?? '', 'chat-minimal', approval);
    const added = edited.split('\n').filter((line) => !text?.split('\n').includes(line));
    expect(added).toEqual([`    ${PIN}`]);
    expect(edited.split('\n')).toHaveLength((text ?? '').split('\n').length + 1);
    expect(parse(edited).smoke[0].pinned).toEqual({ sha256: digestHex(digest), by: 'ai-platform' });
  });

  it.each([
    ['no smoke test of that id', 'smoke:\n  - id: other\n', 'plan-reference'],
    ['no smoke tests', 'version: 1\n', 'plan-reference'],
    ['no YAML', 'smoke: [', 'plan-syntax'],
    ['a pin that is a list', 'smoke:\n  - id: chat\n    pinned: [1]\n', 'plan-syntax'],
    [
      'a pin under an alias',
      'a: &a { sha256: x, by: y }\nsmoke:\n  - id: chat\n    pinned: *a\n',
      'plan-syntax',
    ],
  ])('stops for %s', (_, text, code) => {
    expect(() => pinFixture(text, 'chat', approval)).toThrow(expect.objectContaining({ code }));
  });

  it('takes a role, and nothing that could be YAML', () => {
    const hostile = { digest, by: 'x }\nowner: y' };
    expect(() => pinFixture('smoke:\n  - id: chat\n', 'chat', hostile)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
