import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RecordBody, RecordContext } from '../../src/evidence/index.ts';
import { passGate } from '../../src/evidence/gate.ts';
import { context, delivery, ORIGIN, registry } from '../fixtures/evidence/world.ts';
import { scanForNeedles } from '../../src/evidence/needles.ts';
import { ENCODINGS, makeSecrets } from './encodings.ts';

/** The design's floor: what was measured there, and may not fall (evidence.md 1.5). */
const FLOOR = 205;

/** Cells that no scan can find; the test below shows that no record has a place for them. */
const RESIDUAL = new Set(['last 4']);
/** Of these kinds the first twelve characters are everybody's. */
const PUBLIC_START = new Set(['Anthropic key as first 12', 'PEM as first 12']);

const names = Object.keys(ENCODINGS);

describe('the leak matrix', () => {
  it('finds at least 205 of 222 cells, and every cell of every encoding that keeps ten characters', () => {
    const secrets = makeSecrets();
    const missed: string[] = [];
    let found = 0;
    for (const name of names) {
      const encode = ENCODINGS[name];
      for (const [kind, secret] of Object.entries(secrets)) {
        const text = `{"a":"${encode?.(secret) ?? ''}"}`;
        if (scanForNeedles(text, [secret]) === 'found') found += 1;
        else missed.push(`${kind} as ${name}`);
      }
    }
    const cells = names.length * Object.keys(secrets).length;
    process.stderr.write(`leak matrix: ${found} of ${cells} cells found\n`);
    expect([names.length, Object.keys(secrets).length, cells]).toEqual([37, 6, 222]);
    const open = missed.filter(
      (cell) => !RESIDUAL.has(cell.split(' as ')[1] ?? '') && !PUBLIC_START.has(cell),
    );
    expect(open).toEqual([]);
    expect(found).toBeGreaterThanOrEqual(FLOOR);
  });
});

describe('what the scan cannot find', () => {
  it('has no place in the schema: no field takes four characters that neither plan nor form names', () => {
    const fields = new Map<string, z.ZodType>();
    for (const schema of [RecordContext, ...RecordBody.options]) collect(schema, fields);
    expect(fields.size).toBeGreaterThan(12);
    // Names must be in the plan or in a digested import; the gate's registry stage refuses every other one.
    const named = ['slug', 'role', 'model', 'alias', 'subject'];
    for (const secret of Object.values(makeSecrets())) {
      const tail = `${secret.replaceAll(/[^A-Za-z0-9]/g, '').slice(-3)}Q`;
      for (const [field, schema] of fields) {
        if (named.includes(field)) continue;
        expect(schema.safeParse(tail).success, `${field} takes ${tail}`).toBe(false);
      }
    }
    const [slug, subject] = [fields.get('slug'), fields.get('subject')];
    expect([slug?.safeParse('tail').success, subject?.safeParse('export:tail').success]).toEqual([
      true,
      true,
    ]);
    for (const [body, path] of [
      [{ ...delivery(1), channel: 'tail' }, 'channel'],
      [guardBody(['export:tail']), 'missing.0'],
      [guardBody(['day:tail']), 'missing.0'],
    ] as const) {
      const result = passGate({ context, body }, { origin: ORIGIN, registry });
      expect(result).toEqual({ kind: 'rejected', rule: 'registry', path });
    }
  });
});

const guardBody = (missing: readonly string[]) => ({
  kind: 'guard',
  guard: 'evidence-gap',
  review: null,
  outcome: 'inconclusive',
  reasons: ['evidence-gap'],
  missing,
});

/** Collects one schema of each type of text that a record can hold. */
function collect(schema: unknown, fields: Map<string, z.ZodType>): void {
  if (
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodExactOptional
  ) {
    return collect(schema.unwrap(), fields);
  }
  if (schema instanceof z.ZodArray) return collect(schema.element, fields);
  if (schema instanceof z.ZodObject) {
    for (const member of Object.values(schema.shape)) collect(member, fields);
    return;
  }
  if (!(schema instanceof z.ZodType)) throw new Error('a schema of a form that nobody looked at');
  const field = schema.meta()?.['field'];
  const isText = schema instanceof z.ZodString || schema instanceof z.ZodEnum;
  if (isText && !(schema instanceof z.ZodLiteral)) {
    expect(field, 'every text of a record has a type').toEqual(expect.any(String));
    fields.set(String(field), schema);
  }
}
