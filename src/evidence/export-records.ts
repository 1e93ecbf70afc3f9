import { canonicalJson, digestHex, itemAt, type Json, VERSION } from '../core/index.ts';
import type { RecordOf } from './records/registry.ts';
import type { StoredRecord } from './stored-records.ts';

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';

/**
 * Gives the forms that records can be exported in: each turns a record into a line of JSON, or says that it has none.
 *
 * The lines are copies for other tools and carry no signature; the record's leaf hash in them leads back to the ledger.
 */
export const EXPORTS = {
  /** Every record as it is signed. */
  records: ({ ref, index, context, body }: StoredRecord): string | undefined =>
    canonicalJson(plain({ index, record: ref, context, body })),
  /** Smoke tests as in-toto test-result v0.1. */
  'test-result': (record: StoredRecord): string | undefined =>
    isSmoke(record) ? canonicalJson(testResult(record)) : undefined,
  /** Reviews as in-toto simple verification results v0.1. */
  svr: (record: StoredRecord): string | undefined =>
    isReview(record) ? canonicalJson(verificationResult(record)) : undefined,
} as const;

/** Names one of {@link EXPORTS}. */
export type ExportName = keyof typeof EXPORTS;

/**
 * Of the three results that exist there, what is inconclusive is `FAILED`: a consumer who lets warnings pass must not take
 * missing proof for a pass. `WARNED` is a pass of which some claim could not be judged.
 */
function testResult(record: StoredRecord<RecordOf<'smoke'>>): Json {
  const { body, context } = record;
  const { outcome, claims } = body;
  const named = (result: string): string[] =>
    claims.filter((claim) => claim.result === result).map(({ claim }) => claim);
  const partly = named('not-evaluable').length > 0;
  const passed = partly ? 'WARNED' : 'PASSED';
  return {
    _type: STATEMENT_TYPE,
    subject: subjectOf(record, body.smoke),
    predicateType: 'https://in-toto.io/attestation/test-result/v0.1',
    predicate: {
      result: outcome === 'pass' ? passed : 'FAILED',
      configuration: configurationOf(context.plan),
      passedTests: named('holds'),
      warnedTests: named('not-evaluable'),
      failedTests: named('broken'),
      // An extension: the outcome in our own words.
      spendproof_outcome: outcome,
    },
  };
}

function verificationResult(record: StoredRecord<RecordOf<'review'>>): Json {
  const { body, context } = record;
  const held = Object.entries(body.assertions).filter(([, result]) => result === 'pass');
  return {
    _type: STATEMENT_TYPE,
    subject: subjectOf(record, body.review),
    predicateType: 'https://in-toto.io/attestation/svr/v0.1',
    predicate: {
      verifier: { id: `https://spendproof.dev/review/${itemAt(VERSION.split('.'), 0)}` },
      timeCreated: context.at,
      properties: [
        ...(body.outcome === 'pass' ? ['SPENDPROOF_REVIEW_PASS'] : []),
        ...held.map(([name]) => `SPENDPROOF_${words(name)}`),
      ],
    },
  };
}

const subjectOf = ({ ref }: StoredRecord, name: string): Json => [
  { name, digest: { sha256: digestHex(ref) } },
];

function configurationOf(plan: StoredRecord['context']['plan']): Json {
  return plan === null
    ? []
    : [{ name: 'spendproof.yaml', digest: { sha256: plan.slice('sha256:'.length) } }];
}

const words = (name: string): string => name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();

const isSmoke = (record: StoredRecord): record is StoredRecord<RecordOf<'smoke'>> =>
  record.body.kind === 'smoke';

const isReview = (record: StoredRecord): record is StoredRecord<RecordOf<'review'>> =>
  record.body.kind === 'review';

const plain = (value: object): Json => JSON.parse(JSON.stringify(value)) as Json;
