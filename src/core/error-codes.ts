import type { ExitStatus } from './exit-status.ts';

interface ErrorCode {
  readonly exit: ExitStatus;
  /** What happened, as a heading: `docs/errors.md` has one section for each code. */
  readonly title: string;
}

/**
 * Lists every reason to stop, with the exit status it ends in.
 *
 * A test compares this list with the sections of `docs/errors.md`, both ways.
 */
export const ERROR_CODES = {
  'address-refused': { exit: 2, title: 'An address is not a public one' },
  'approval-missing': { exit: 2, title: 'The export is not approved' },
  'assumption-held': { exit: 6, title: 'A held assumption was to be changed' },
  'assumption-unverified': {
    exit: 5,
    title: 'A changed assumption rests on documents nobody has verified',
  },
  'disk-full': { exit: 1, title: 'The disk is full' },
  'document-rejected': { exit: 3, title: 'A new document did not pass its first reading' },
  'document-unread': { exit: 5, title: 'A document has not been read yet' },
  'export-unknown': { exit: 2, title: 'No adapter recognises the file' },
  'export-unreadable': { exit: 5, title: 'An export could not be read' },
  'file-missing': { exit: 2, title: 'A named file does not exist' },
  'file-not-readable': { exit: 4, title: 'A file cannot be read' },
  'file-not-writable': { exit: 4, title: 'A folder or file cannot be written' },
  'header-mismatch': { exit: 2, title: 'The header is not the one the adapter knows' },
  internal: { exit: 1, title: 'A bug of ours' },
  interrupted: { exit: 130, title: 'Interrupted' },
  'key-missing': { exit: 4, title: 'There is no signing key' },
  'leak-blocked': { exit: 7, title: 'A record that could leak was refused' },
  'ledger-corrupt': { exit: 7, title: 'The ledger does not verify' },
  'ledger-missing': { exit: 5, title: 'There is no ledger yet' },
  'plan-exists': { exit: 2, title: 'There is a plan already' },
  'plan-missing': { exit: 2, title: 'There is no plan' },
  'plan-reference': { exit: 2, title: 'The plan names something it does not have' },
  'plan-schema': { exit: 2, title: 'The plan has a value of the wrong form' },
  'plan-syntax': { exit: 2, title: 'The plan is not readable YAML' },
  'record-unknown': { exit: 2, title: 'No record has that id' },
  'secret-exposed': { exit: 4, title: 'A secret would be written down by Node itself' },
  'secret-missing': { exit: 4, title: 'A secret could not be read' },
  usage: { exit: 2, title: 'The command line is not understood' },
} as const satisfies Record<string, ErrorCode>;

/** Names one entry of {@link ERROR_CODES}. */
export type ErrorCodeId = keyof typeof ERROR_CODES;
