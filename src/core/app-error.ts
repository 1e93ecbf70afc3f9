import { ERROR_CODES, type ErrorCodeId } from './error-codes.ts';
import type { ExitStatus } from './exit-status.ts';

/** Says what was expected, what came, where, and how to mend it. */
export interface ErrorContent {
  readonly message: string;
  /** How to mend it: one imperative sentence. */
  readonly hint?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** Further lines for people, such as a code frame; never a secret, a prompt or a body. */
  readonly details?: readonly string[];
  readonly cause?: unknown;
}

/**
 * Stops the caller with a code that has an exit status and a section in `docs/errors.md`.
 *
 * @example
 * throw new AppError('plan-missing', { message: 'No spendproof.yaml here', hint: 'Run `spendproof init`.' })
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCodeId;
  readonly content: ErrorContent;

  constructor(code: ErrorCodeId, content: ErrorContent) {
    super(content.message, content.cause === undefined ? {} : { cause: content.cause });
    this.code = code;
    this.content = content;
  }

  get exit(): ExitStatus {
    return ERROR_CODES[this.code].exit;
  }
}
