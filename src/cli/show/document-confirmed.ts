import { type Digest, type Json, shortDigest, terminalText } from '../../core/index.ts';
import type { RecordOf, StoredRecord } from '../../evidence/index.ts';
import { csvCell, markdownText } from '../../report/index.ts';
import type { CommandResult } from '../world.ts';

/** One acceptance as it is shown. */
export interface ShownAcceptance {
  readonly record: Digest;
  readonly document: string;
  /** The text that was accepted before. */
  readonly from: Digest | null;
  readonly content: Digest;
  readonly by: string;
  readonly headings: readonly string[];
  /** Assumptions that are held no more. */
  readonly resumed: readonly string[];
}

const HEADINGS_SHOWN = 20;

/** Shows which text was accepted, by its digest and its headings. */
export function showAcceptances(accepted: readonly ShownAcceptance[]): CommandResult {
  const lines = (escape: (text: string) => string): readonly string[] =>
    accepted.flatMap(({ document, by, content, headings, resumed }) => [
      `${document}: ${by} has read the text ${shortDigest(content)}… with these headings:`,
      ...headings.slice(0, HEADINGS_SHOWN).map((heading) => `  ${escape(heading)}`),
      ...resumed.map((assumption) => `${assumption} is held no more`),
    ]);
  return {
    exit: 0,
    data: accepted.map(({ headings: _shown, ...rest }): Json => ({
      ...rest,
      resumed: [...rest.resumed],
    })),
    text: lines(terminalText).join('\n'),
    formats: {
      md: lines(markdownText)
        .map((line) => `${line}  `)
        .join('\n'),
      csv: csv(
        ['record', 'document', 'from', 'content', 'by', 'resumed'],
        accepted.map(({ record, document, from, content, by, resumed }) => [
          record,
          document,
          from ?? '',
          content,
          by,
          resumed.join(' '),
        ]),
      ),
    },
    notes: ['Next: spendproof review'],
  };
}

/** Shows what was confirmed. */
export function showAttestation({ ref, body }: StoredRecord<RecordOf<'attest'>>): CommandResult {
  const { document, claims, by, file = null } = body;
  const text = `${document}: ${by} has confirmed ${claims.join(', ')}`;
  return {
    exit: 0,
    data: { record: ref, document, claims: [...claims], by, file },
    text,
    formats: {
      md: text,
      csv: csv(
        ['record', 'document', 'claims', 'by', 'file'],
        [[ref, document, claims.join(' '), by, file ?? '']],
      ),
    },
    notes: [`Next: spendproof docs check ${document}`],
  };
}

const csv = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
