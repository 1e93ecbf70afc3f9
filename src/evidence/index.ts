export { type GateRegistry, type GateRule } from './gate.ts';
export { nodeFiles } from './files-node.ts';
export { enrolKeys, keyFolder, type LedgerKeys, macOf, readKeys } from './keys.ts';
export type { AppendOptions, Ledger, TreeHead } from './ledger.ts';
export { createLedger, type LedgerPlace, type LedgerPorts, openLedger } from './open-ledger.ts';
export {
  AcceptRecord,
  AttestRecord,
  DOCUMENT_STATES,
  DocumentCheckRecord,
} from './records/outside.ts';
export { isAlias } from './records/fields.ts';
export { NotCovered, RESUME_CODES } from './records/review.ts';
export { NOTICE_TRANSITIONS } from './records/notices.ts';
export { TRIGGERS } from './records/triggers.ts';
export { RecordBody, RecordContext, type RecordKind, type RecordOf } from './records/registry.ts';
export type { RecordFilter, StoredRecord } from './stored-records.ts';
export { verifyLedger, type LedgerVerdict } from './verify-ledger.ts';
export type { LedgerProblem, ProblemCode } from './ledger-problems.ts';
export { proveRecord, type ProofRefusal, type ProofVerdict, verifyProof } from './prove-record.ts';
export {
  loadReviewBundle,
  type ReviewBundle,
  type ReviewParts,
  unfinishedReviews,
} from './review-bundle.ts';
