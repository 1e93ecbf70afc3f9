import { expect, it } from 'vitest';
import { firstDifference } from './reproduce-compare.ts';

const sum = { value: '1.5', knownRows: 1, totalRows: 2 };

it('holds no field against a record that its release did not write', () => {
  const derived = { cost: [{ ...sum, tokens: { known: '10', total: '40' } }], shrunk: [] };
  expect(firstDifference({ cost: [sum] }, derived)).toBeUndefined();
});

it('names a field that was recorded and is not derived, or is another', () => {
  const recorded = { cost: [{ ...sum, tokens: { known: '10', total: '40' } }] };
  expect(firstDifference(recorded, { cost: [sum] })).toMatchObject({
    field: 'cost[0].tokens',
    derived: 'nothing',
  });
  expect(
    firstDifference(recorded, { cost: [{ ...sum, tokens: { known: '11', total: '40' } }] }),
  ).toEqual({ field: 'cost[0].tokens.known', recorded: '"10"', derived: '"11"' });
  expect(firstDifference(recorded, { cost: [] })).toMatchObject({ field: 'cost' });
});

it('leaves out what the caller names, at the top and nowhere else', () => {
  const [recorded, derived] = [
    { manifest: 'a', cost: { manifest: 'a' } },
    { manifest: 'b', cost: { manifest: 'b' } },
  ];
  expect(firstDifference(recorded, derived, ['manifest'])).toMatchObject({
    field: 'cost.manifest',
  });
});
