export { type HostTarget, resolveHost } from './address/resolve-host.ts';
export {
  checkDocument,
  type DocumentCheckRequest,
  checkDocuments,
  type DocumentPorts,
} from './documents/check-document.ts';
export { type ContractRow, type ContractState, contractTable } from './documents/contract-table.ts';
export type {
  AcceptedText,
  DocumentBaseline,
  DocumentCheck,
  DocumentDetail,
  DocumentState,
  HeldSection,
} from './documents/document-check.ts';
export {
  type ChangedSection,
  type DiffHunk,
  diffDocuments,
  type DocumentDiff,
} from './documents/document-diff.ts';
export { type HeldAssumption, heldAssumptions } from './documents/held-assumptions.ts';
export {
  digestDocument,
  documentJson,
  headingPaths,
  type NormalisedDocument,
  NORMALISER,
  readDocument,
} from './documents/normalised.ts';
export { redactValues } from './documents/redact-values.ts';
export { evidenceGap, type EvidenceNeed } from './guards/evidence-gap.ts';
export type { GuardResult } from './guards/result.ts';
export { type HandoffPart, type HandoffParts, weakHandoff } from './guards/weak-handoff.ts';
export { type Answer, exchange, type NoAnswer } from './smoke/exchange.ts';
export { fixtureDigest, pinFixture } from './smoke/pin.ts';
export { type PlannedRequest, planSmoke, type SmokePlan } from './smoke/plan-smoke.ts';
export type { PatternState, SmokeOrder } from './smoke/preflight.ts';
export { requestedModelOf } from './smoke/request.ts';
export type { AssertionResult, PathResult, SmokeResult } from './smoke/result.ts';
export { type MacOf, runSmoke, type SmokeRun } from './smoke/run.ts';
export { resolveTarget } from './smoke/target.ts';
export {
  type LinkEvidence,
  type LinkQuestion,
  linkUsage,
  type UsageLink,
} from './smoke/usage-link.ts';
