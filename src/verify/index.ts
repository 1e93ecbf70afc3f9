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
export { MASK_NAMES } from './documents/clean-text.ts';
export type { FetchMemory, Snapshot, StoredRobots } from './documents/fetch-memory.ts';
export { comparedPart, elementsOf, limitToPart, partDigest } from './documents/compared-part.ts';
export { normalisePage } from './documents/normalise.ts';
export { normalisePart } from './documents/normalise-part.ts';
export {
  type ChangedSection,
  type DiffHunk,
  diffDocuments,
  type DocumentDiff,
} from './documents/document-diff.ts';
export { type TemplatedPage, templatesByHost } from './documents/host-template.ts';
export { type HeldAssumption, heldAssumptions } from './documents/held-assumptions.ts';
export {
  digestDocument,
  documentJson,
  headingPaths,
  type NormalisedDocument,
  NORMALISER,
  readDocument,
} from './documents/normalised.ts';
export { type DocumentObservation, rejudgeDocument } from './documents/rejudge-document.ts';
export { redactValues } from './documents/redact-values.ts';
export { evidenceGap, type EvidenceNeed } from './guards/evidence-gap.ts';
export {
  type EnvironmentJudgement,
  environmentMismatch,
  type Fingerprint,
} from './guards/environment-mismatch.ts';
export { type FingerprintSource, takeFingerprint } from './guards/fingerprint.ts';
export { type GitChange, readFileAt, readGitChange } from './guards/git-changes.ts';
export { type FileHistory, type FileVersion, readFileHistory } from './guards/git-history.ts';
export { guardedHandoff, type HandoffQuestion } from './guards/guarded-handoff.ts';
export { parseRawDiff, type RawChange } from './guards/raw-diff.ts';
export type { GuardFinding, GuardResult } from './guards/result.ts';
export { type Scope, scopeDrift, type ScopeJudgement } from './guards/scope-drift.ts';
export {
  type EffectiveRequest,
  type FallbackJudgement,
  type FallbackQuestion,
  unreviewedFallback,
} from './guards/unreviewed-fallback.ts';
export { type HandoffPart, type HandoffParts, weakHandoff } from './guards/weak-handoff.ts';
export { type FilesLinted, lintFiles } from './lint/lint-files.ts';
export { type LintFinding, LINT_RULES, type LintResult, lintText } from './lint/lint-text.ts';
export { type Answer, exchange, type NoAnswer } from './smoke/exchange.ts';
export { fixtureDigest, pinFixture } from './smoke/pin.ts';
export { type PlannedRequest, planSmoke, type SmokePlan } from './smoke/plan-smoke.ts';
export { overridesOf, type PatternState, type SmokeOrder } from './smoke/preflight.ts';
export { rejudgeSmoke, type SmokeObservation } from './smoke/rejudge.ts';
export { requestedModelOf } from './smoke/request.ts';
export type { AssertionResult, PathResult, SmokeResult } from './smoke/result.ts';
export { type MacOf, runSmoke, type SmokeRun, type SmokeSeal } from './smoke/run.ts';
export { resolveTarget } from './smoke/target.ts';
export {
  isRise,
  type LinkEvidence,
  type LinkQuestion,
  linkUsage,
  type UsageLink,
} from './smoke/usage-link.ts';
