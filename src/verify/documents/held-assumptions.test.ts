import { describe, expect, it } from 'vitest';
import { instantFromMs, pass } from '../../core/index.ts';
import { contractTable } from './contract-table.ts';
import type { DocumentCheck } from './document-check.ts';
import { NO_CHANGES } from './document-diff.ts';
import { heldAssumptions } from './held-assumptions.ts';
import { planDocument } from './testing.ts';

const NOW = instantFromMs(Date.UTC(2026, 10, 23, 8));
const SAME: DocumentCheck = {
  document: 'pricing',
  outcome: pass(),
  state: 'same',
  detail: 'unchanged',
  fresh: true,
  accessedAt: NOW,
  status: 200,
  redirects: 0,
  representation: 'html',
  normaliser: 'nd1',
  raw: null,
  content: null,
  outline: null,
  links: null,
  accepted: null,
  changes: NO_CHANGES,
  claims: [{ claim: 'chat', result: 'holds' }],
  deprecated: [],
  changedSections: [],
  heldSections: [],
};

function held(check: Partial<DocumentCheck>, ...cites: readonly string[]) {
  const assumptions = [{ id: 'rate', owner: 'finops', cites }];
  return heldAssumptions({ assumptions, checks: [{ ...SAME, ...check }] });
}

describe('heldAssumptions', () => {
  const changed = {
    state: 'changed',
    detail: 'changed',
    heldSections: [{ path: ['About pricing', 'Rates & fees'] }],
  } as const;
  const byPage = [
    { assumption: 'rate', subjects: ['document:pricing'], reasons: ['document-changed'] },
  ];

  it.each(['pricing', 'pricing#rates & FEES', 'pricing#rates-fees', 'pricing#About pricing'])(
    'holds what cites %s when a value in that section changed',
    (cite) => {
      expect(held(changed, cite)).toEqual(byPage);
    },
  );

  it.each(['pricing#Support', 'chat', 'other', 'other#Rates & fees'])(
    'leaves what cites %s alone',
    (cite) => {
      expect(held(changed, cite)).toEqual([]);
    },
  );

  it('holds nothing for an editorial change, an unreadable or an unconfirmed page', () => {
    expect(held({ state: 'changed', detail: 'changed' }, 'pricing')).toEqual([]);
    expect(held({ state: 'unreadable', detail: 'blocked' }, 'pricing', 'chat')).toEqual([]);
    const broken = [{ claim: 'chat', result: 'broken' }] as const;
    expect(held({ state: 'new', detail: 'first-sight', claims: broken }, 'chat')).toEqual([]);
  });

  it('holds every section when the change could not be weighed', () => {
    expect(held({ ...changed, heldSections: 'all' }, 'pricing#Support')).toEqual(byPage);
  });

  it('holds what cites a broken claim, or the page of one', () => {
    const broken = {
      detail: 'claim-broken',
      claims: [{ claim: 'chat', result: 'broken' }],
    } as const;
    const expected = [{ assumption: 'rate', subjects: ['claim:chat'], reasons: ['claim-broken'] }];
    expect(held(broken, 'chat')).toEqual(expected);
    expect(held(broken, 'pricing')).toEqual(expected);
    expect(held(broken, 'pricing', 'chat')).toEqual(expected);
    expect(held(broken, 'pricing#Support')).toEqual([]);
  });

  it('holds what cites a page that is gone, its sections or its claims', () => {
    const gone = { state: 'gone', detail: 'gone', heldSections: 'all' } as const;
    for (const cite of ['pricing', 'pricing#Support', 'chat']) {
      expect(held(gone, cite)).toMatchObject([{ reasons: ['document-gone'] }]);
    }
  });
});

describe('contractTable', () => {
  const wording = 'Verify the request pattern in the reference first.';
  const document = planDocument({
    url: 'https://docs.example/',
    claims: [
      { id: 'chat', kind: 'host', area: 'Requests', verify: 'The pattern', wording },
      { id: 'silent', kind: 'host' },
    ],
  });
  const stateOf = (check: Partial<DocumentCheck>) =>
    contractTable({ documents: [document] }, [{ ...SAME, ...check }])[0]?.state;

  it('has a row for each claim with a wording', () => {
    expect(contractTable({ documents: [document] }, [SAME])).toEqual([
      {
        document: 'pricing',
        claim: 'chat',
        area: 'Requests',
        verify: 'The pattern',
        url: 'https://docs.example/',
        accessedAt: NOW,
        wording,
        state: 'verified',
      },
    ]);
  });

  it('falls back on the id and the purpose, and knows what nobody has checked', () => {
    const bare = planDocument({ claims: [{ id: 'chat', kind: 'attestation', wording }] });
    expect(contractTable({ documents: [bare] }, [])).toMatchObject([
      { area: 'chat', verify: bare.purpose, url: null, accessedAt: null, state: 'not-checked' },
    ]);
  });

  it('says how far each row can be relied on', () => {
    const broken = [{ claim: 'chat', result: 'broken' }] as const;
    const unread = [{ claim: 'chat', result: 'not-evaluable' }] as const;
    expect(stateOf({ state: 'new', detail: 'first-sight' })).toBe('new');
    expect(stateOf({ state: 'changed', detail: 'changed' })).toBe('changed');
    expect(stateOf({ state: 'changed', detail: 'changed', fresh: false })).toBe('stale');
    expect(stateOf({ detail: 'claim-broken', claims: broken })).toBe('broken');
    expect(stateOf({ state: 'gone', detail: 'gone', claims: unread })).toBe('broken');
    expect(stateOf({ state: 'unreadable', detail: 'blocked', claims: unread })).toBe('unreadable');
    expect(stateOf({ detail: 'stale', claims: unread })).toBe('stale');
    expect(stateOf({ claims: [] })).toBe('not-checked');
  });
});
