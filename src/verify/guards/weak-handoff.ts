import type { GuardResult } from './result.ts';

export type HandoffPart = 'command' | 'result' | 'changed-files' | 'remaining-uncertainty';

/** Holds what the next operator is told; null where it could not be filled. */
export interface HandoffParts {
  readonly command: string | null;
  readonly result: string | null;
  /** Files whose digest changed; an empty list says that none did, null that nobody could tell. */
  readonly changedFiles: readonly string[] | null;
  /** What is not settled; an empty list needs a role that says so. */
  readonly uncertainty: readonly string[] | null;
  readonly noneKnownBy: string | null;
  readonly owner: string | null;
  readonly nextAction: string | null;
}

/** Fails a handoff by naming the parts that could not be filled; owner and next action are always required. */
export function weakHandoff(handoff: HandoffParts, required: readonly HandoffPart[]): GuardResult {
  const weak = [
    ...required.filter((part) => !IS_FILLED[part](handoff)),
    ...(isText(handoff.owner) ? [] : ['owner']),
    ...(isText(handoff.nextAction) ? [] : ['next-action']),
  ];
  return {
    guard: 'weak-handoff',
    outcome: weak.length === 0 ? 'pass' : 'fail',
    reasons: weak.length === 0 ? [] : ['weak-handoff'],
    missing: [...new Set(weak)].map((part) => `part:${part}`),
  };
}

const isText = (text: string | null): boolean => text !== null && text.trim() !== '';

const IS_FILLED = {
  command: ({ command }: HandoffParts) => isText(command),
  result: ({ result }: HandoffParts) => isText(result),
  'changed-files': ({ changedFiles }: HandoffParts) => changedFiles !== null,
  'remaining-uncertainty': ({ uncertainty, noneKnownBy }: HandoffParts) =>
    uncertainty !== null && (uncertainty.length > 0 || isText(noneKnownBy)),
} as const satisfies Record<HandoffPart, (handoff: HandoffParts) => boolean>;
