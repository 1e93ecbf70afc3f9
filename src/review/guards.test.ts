import { describe, expect, it } from 'vitest';
import { sha256 } from '../core/index.ts';
import { failingSignals } from './guards.ts';
import type { Workspace } from './workspace.ts';

/** A ledger that holds these bodies and then a review that names all of them. */
function workspaceOf(bodies: readonly object[], gaps: readonly string[] = []): Workspace {
  const parts = bodies.map((body, index) => ({ index, ref: sha256(String(index)), body }));
  const review = {
    index: parts.length,
    ref: sha256('review'),
    body: { kind: 'review', parts: parts.map(({ ref }) => ref), usage: { gaps } },
  };
  const ledger = {
    latest: () => Promise.resolve(review),
    records: () => Promise.resolve([...parts, review]),
  };
  return { ledger } as unknown as Workspace;
}

const document = (outcome: string) => ({ kind: 'document-check', outcome });
const smoke = (outcome: string) => ({ kind: 'smoke', outcome });
const budget = (verdict: string) => ({ kind: 'budget-verdict', verdict });

describe('what a repair may be about', () => {
  it.each([
    ['nothing where all passed', [document('pass'), smoke('pass'), budget('ok')], [], []],
    ['a document that could not be read', [document('inconclusive')], [], ['document']],
    ['a smoke test that failed', [smoke('fail'), smoke('pass')], [], ['smoke']],
    ['a budget that is breached', [budget('ok'), budget('breached')], [], ['budget']],
    ['usage that is missing', [document('pass')], ['quota'], ['usage']],
    ['each once', [document('fail'), document('fail'), smoke('fail')], [], ['document', 'smoke']],
  ])('is %s', async (_, bodies, gaps, signals) => {
    const found = await failingSignals(workspaceOf(bodies, gaps));
    expect(found.toSorted()).toEqual(signals);
  });

  it('is nothing before the first review', async () => {
    const ledger = { latest: () => Promise.resolve(), records: () => Promise.resolve([]) };
    expect(await failingSignals({ ledger } as unknown as Workspace)).toEqual([]);
  });
});
