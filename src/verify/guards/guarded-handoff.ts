import { guardAnswer, type GuardFinding, type GuardResult } from './result.ts';
import { type HandoffPart, weakHandoff } from './weak-handoff.ts';

/** A handoff as its record holds it, with the review that it hands over. */
export interface HandoffQuestion {
  /** Undefined when none was written. */
  readonly handoff:
    | {
        readonly command: string;
        readonly result: string;
        readonly changed: readonly { readonly subject: string }[];
        readonly uncertainty: readonly { readonly subject: string }[];
        readonly nextAction: string;
        readonly owner: string;
      }
    | undefined;
  readonly review:
    | {
        readonly outcome: string;
        readonly nextAction: string;
        readonly owner: string;
        readonly missing: readonly string[];
      }
    | undefined;
  /** Who says that nothing more is known to be uncertain. */
  readonly operator: string | null;
  /** Records that the review names and the ledger does not have. */
  readonly unresolved: number;
  readonly required: readonly HandoffPart[];
}

/** Judges a handoff from its record: its parts, what it names, and whether it says what the review says. */
export function guardedHandoff(question: HandoffQuestion): {
  readonly result: GuardResult;
  readonly findings: readonly GuardFinding[];
} {
  const { handoff, review, operator, required, unresolved } = question;
  if (handoff === undefined || review === undefined) {
    const result = guardAnswer('weak-handoff', 'inconclusive', ['evidence-gap'], ['part:handoff']);
    return { result, findings: [finding('missing', 'there is no handoff of a review that ended')] };
  }
  const judged = weakHandoff(
    {
      command: handoff.command,
      result: handoff.result,
      changedFiles: handoff.changed.map(({ subject }) => subject),
      uncertainty: handoff.uncertainty.map(({ subject }) => subject),
      noneKnownBy: operator,
      owner: handoff.owner,
      nextAction: handoff.nextAction,
    },
    required,
  );
  const told = handoff.uncertainty.map(({ subject }) => subject);
  const untold = review.missing.filter((subject) => !told.includes(subject));
  const findings = [
    ...judged.missing.map((part) => finding('part', `${part} is not filled`)),
    ...(handoff.result === review.outcome
      ? []
      : [finding('result', 'it names another result than the review')]),
    ...(handoff.nextAction === review.nextAction && handoff.owner === review.owner
      ? []
      : [finding('next', 'it names another owner or next action than the review')]),
    ...(untold.length === 0 ? [] : [finding('uncertainty', `it leaves out ${untold.join(', ')}`)]),
    ...(unresolved === 0
      ? []
      : [finding('record', `${unresolved} records that it rests on are not in the ledger`)]),
  ];
  if (findings.length === 0) return { result: judged, findings };
  const missing = judged.missing.length > 0 ? judged.missing : ['part:handoff'];
  return { result: guardAnswer('weak-handoff', 'fail', ['weak-handoff'], missing), findings };
}

const finding = (rule: string, message: string): GuardFinding => ({
  ruleId: `weak-handoff/${rule}`,
  level: 'error',
  message,
});
