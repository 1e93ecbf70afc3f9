import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { planOf, readFixture } from '../../test/fixtures/plan/fixtures.ts';
import { expandedYaml } from './expanded-yaml.ts';
import { knownAt, planJsonSchema } from './json-schema.ts';
import { PlanInput } from './schema/plan.ts';
import { isList, isMap } from './tree.ts';

const SMALL = readFixture('ok-small');
const EXAMPLE = readFixture('ok-example');
const ajv = new Ajv2020({ strict: false, validateFormats: false });
const validate = ajv.compile(planJsonSchema());
const data = (text: string): unknown => parseYaml(text);

it('refers only to what has no keys of its own to suggest', () => {
  const definitions = Object.values(planJsonSchema()['$defs'] ?? {});
  expect(definitions).not.toHaveLength(0);
  expect(definitions.every((one: unknown) => isMap(one) && isList(one['anyOf']))).toBe(true);
});

const CASES: readonly (readonly [string, boolean])[] = [
  [SMALL, true],
  [EXAMPLE, true],
  [expandedYaml(planOf(SMALL)), true],
  [expandedYaml(planOf(EXAMPLE)), true],
  ['version: 1\n', true],
  ['version: 2\n', false],
  ['team: a\n', false],
  [`${SMALL}teem: a\n`, false],
  [SMALL.replace('1200.00', '12,000'), false],
  [SMALL.replace('"1200.00"', '1200'), false],
  [SMALL.replace('0.5', '0'), false],
  [SMALL.replace('USD', 'usd'), false],
  [SMALL.replace('2026-11-23', 'today'), false],
  [SMALL.replace('amount', 'amuont'), false],
  [SMALL.replace('finops', 'Fin Ops'), false],
  [EXAMPLE.replace('kind: heading', 'kind: headng'), false],
  [EXAMPLE.replace('basis: burn', 'basis: burnt'), false],
  [EXAMPLE.replace('9d, warn', '9 days, warn'), false],
  [EXAMPLE.replace('{ env: FINOPS_MAIL }', 'mail'), false],
  [readFixture('bad-ten-mistakes'), false],
];

describe('planJsonSchema', () => {
  it.each(CASES)('agrees with the Zod source (case %#)', (text, expected) => {
    expect(validate(data(text))).toBe(expected);
    expect(PlanInput.safeParse(data(text)).success).toBe(expected);
  });

  it('is a schema of the draft that editors read, and asks for the version only', () => {
    const schema = planJsonSchema();
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema['required']).toEqual(['version']);
    expect(ajv.validateSchema(schema)).toBe(true);
  });
});

describe('knownAt', () => {
  const schema = planJsonSchema();

  it('knows keys of the form that the written kind names', () => {
    const raw = data(EXAMPLE);
    expect(knownAt(schema, raw, ['notify', 0]).keys).toEqual([
      'id',
      'kind',
      'to',
      'smtp',
      'from',
      'quiet',
      'digest',
      'timeout',
    ]);
    expect(knownAt(schema, raw, ['notify', 9]).keys).toContain('path');
    expect(knownAt(schema, raw, ['smoke', 0, 'limits']).keys).toContain('timeout');
  });

  it('knows nothing where anything may be written', () => {
    const raw = { providers: [{ noFallback: { a: { b: 1 } } }] };
    expect(knownAt(schema, raw, ['providers', 0, 'noFallback', 'a']).keys).toEqual([]);
    expect(knownAt(schema, raw, ['team', 'x']).keys).toEqual([]);
    expect(knownAt(schema, raw, ['team', 0]).keys).toEqual([]);
  });
});
