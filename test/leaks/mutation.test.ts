import { describe, expect, it } from 'vitest';
import { GATE_STAGES, type GateRule, passStages } from '../../src/evidence/gate.ts';
import { accept, context, delivery, ORIGIN, registry } from '../fixtures/evidence/world.ts';
import { makeSecrets } from './encodings.ts';

const KEY = makeSecrets()['key of 48'] ?? '';
const slugs = new Set([...registry.slugs, 'ledgerofdreams']);

/** Reads as a harmless record once and as another one later. */
const twoFaced = () => {
  let reads = 0;
  return {
    ...accept(1),
    get by() {
      reads += 1;
      return reads === 1 ? 'finance' : 'platform';
    },
  };
};

const longReview = {
  ...accept(1),
  // Fits no schema: the size is judged by itself too.
  padding: 'x'
    .repeat(300)
    .split('')
    .map((letter, index) => `${letter}${index}`.repeat(20)),
};

/** For each stage a candidate that no other one refuses; some only stand behind the schema, as a second line. */
const HARMFUL: Readonly<
  Partial<
    Record<
      GateRule,
      { readonly body: object; readonly behindSchema: boolean; readonly more?: object }
    >
  >
> = {
  schema: { body: { ...accept(1), note: 'free text' }, behindSchema: false },
  charset: {
    body: { ...delivery(1), channel: 'outbox\n{"kind":"forged"}' },
    behindSchema: true,
    more: { slugs: new Set([...slugs, 'outbox\n{"kind":"forged"}']) },
  },
  size: { body: longReview, behindSchema: true },
  depth: { body: { ...accept(1), deep: [[[[[[[1]]]]]]] }, behindSchema: true },
  registry: { body: { ...delivery(1), channel: 'some-text-of-a-prompt' }, behindSchema: false },
  canonical: { body: twoFaced(), behindSchema: false },
  needle: { body: { ...delivery(1), channel: 'ledgerofdreams' }, behindSchema: false },
  pattern: {
    body: {
      kind: 'resume',
      assumption: 'pricing',
      because: 'false-alarm',
      by: 'finance',
      case: KEY,
    },
    behindSchema: false,
    more: { aliases: new Set([KEY]) },
  },
};

function judge(rule: GateRule, without: readonly GateRule[]) {
  const harmful = HARMFUL[rule];
  if (harmful === undefined) throw new Error(`no harmful candidate for ${rule}`);
  const stages = GATE_STAGES.filter(({ name }) => !without.includes(name));
  const body = rule === 'canonical' ? twoFaced() : harmful.body;
  const known = { ...registry, slugs, ...harmful.more };
  return passStages(
    stages,
    { context, body },
    { origin: ORIGIN, registry: known, needles: ['LedgerOfDreams'] },
  );
}

describe('the gate with one stage left out', () => {
  it('has the stages of the design, in their order', () => {
    expect(GATE_STAGES.map(({ name }) => name)).toEqual(Object.keys(HARMFUL));
  });

  it.each(Object.keys(HARMFUL) as GateRule[])(
    'lets something harmful through without %s',
    (rule) => {
      const other: readonly GateRule[] = HARMFUL[rule]?.behindSchema === true ? ['schema'] : [];
      expect(judge(rule, [])).toMatchObject({ kind: 'rejected' });
      expect(judge(rule, other)).toMatchObject({ kind: 'rejected', rule });
      expect(judge(rule, [...other, rule])).toMatchObject({ kind: 'passed' });
    },
  );
});
