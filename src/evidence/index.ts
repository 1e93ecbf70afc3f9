export { addLogSignature } from './add-log-signature.ts';
export { type GateRegistry, type GateRule } from './gate.ts';
export { nodeFiles } from './files-node.ts';
export { enrolKeys, keyFolder, keyMissing, type LedgerKeys, macOf, readKeys } from './keys.ts';
export type { AppendOptions, Ledger, TreeHead } from './ledger.ts';
export { createLedger, type LedgerPlace, type LedgerPorts, openLedger } from './open-ledger.ts';
export {
  AcceptRecord,
  AttestRecord,
  DOCUMENT_STATES,
  DocumentCheckRecord,
} from './records/outside.ts';
export { isAlias } from './records/fields.ts';
export {
  BECAUSE_MAX,
  EnvironmentFingerprint,
  NotCovered,
  PARTS_MAX,
  RESUME_CODES,
} from './records/review.ts';
export { NOTICE_TRANSITIONS } from './records/notices.ts';
export { TRIGGERS } from './records/triggers.ts';
export { RecordBody, RecordContext, type RecordKind, type RecordOf } from './records/registry.ts';
export type { RecordFilter, StoredRecord } from './stored-records.ts';
export { verifyLedger, type LedgerVerdict } from './verify-ledger.ts';
export type { LedgerProblem, ProblemCode } from './ledger-problems.ts';
export { compareSizes, type SizeComparison } from './compare-sizes.ts';
export { EXPORTS, type ExportName } from './export-records.ts';
export {
  proveRecord,
  type ProofRefusal,
  type ProofVerdict,
  verifyProof,
  verifyProofByPolicy,
} from './prove-record.ts';
export {
  loadReviewBundle,
  type ReviewBundle,
  type ReviewParts,
  unfinishedReviews,
} from './review-bundle.ts';
export { partRecords, partRefs } from './review-parts.ts';
export { cosignLedger, type Cosigned } from './cosign-ledger.ts';
export { type EnrolledKey, type KeyRing, ringOf, useOfKey } from './key-ring.ts';
export { scanForNeedles, type ScanResult } from './needles.ts';
export { makeNextKey, type RotatedUse, settleNextKeys } from './next-keys.ts';
export { makeReviewerKey } from './reviewer-keys.ts';
export type { Trust } from './verify-trust.ts';
export { writePublicFiles } from './write-public-files.ts';
