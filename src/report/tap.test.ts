import { describe, expect, it } from 'vitest';
import { tapOf } from './tap.ts';

const check = { group: 'smoke', name: 'chat', outcome: 'pass', reasons: [], missing: [] } as const;

describe('tapOf', () => {
  it('counts what could not be judged as not ok, with its reasons', () => {
    const open = { ...check, outcome: 'inconclusive', reasons: ['smoke-blocked'] } as const;
    expect(tapOf([check, open])).toBe(
      [
        'TAP version 14',
        '1..2',
        'ok 1 - smoke chat',
        'not ok 2 - smoke chat',
        '  ---',
        '  outcome: inconclusive',
        '  reasons: ["smoke-blocked"]',
        '  missing: []',
        '  ...',
        '',
      ].join('\n'),
    );
  });

  it('lets no text begin a directive or a line of its own', () => {
    const hostile = {
      ...check,
      outcome: 'fail',
      name: 'x # SKIP\nok 9',
      reasons: ['a\n  ...'],
    } as const;
    const lines = tapOf([hostile]).split('\n');
    expect(lines[2]).toBe('not ok 1 - smoke x _ SKIP_ok 9');
    expect(lines.filter((line) => line === '  ...')).toHaveLength(1);
  });
});
