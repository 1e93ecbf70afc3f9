import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, type Digest, sha256 } from '../../core/index.ts';
import { acceptDocument, attestDocument, headingsOf, type Workspace } from '../../review/index.ts';
import { showAcceptances, showAttestation } from '../show/document-confirmed.ts';
import type { CommandResult } from '../world.ts';
import { knownDocuments } from './docs-check.ts';

/** Records that a role has read the texts of documents. */
export async function acceptDocuments(
  workspace: Workspace,
  ids: readonly string[],
  { by = workspace.operator, digest }: { readonly by?: string; readonly digest?: string },
): Promise<CommandResult> {
  if (digest !== undefined && ids.length !== 1) {
    throw new AppError('usage', {
      message: `Expected one document with --digest, got ${ids.length}`,
      hint: 'A digest is that of one text: accept the documents one by one.',
    });
  }
  const accepted = [];
  for (const id of knownDocuments(workspace, ids)) {
    const { record, resumed } = await acceptDocument(workspace, id, by, digest);
    const content = record.body.content as Digest;
    const headings = await headingsOf(workspace, content);
    const from = record.body.from as Digest | null;
    accepted.push({ record: record.ref, document: id, from, content, by, headings, resumed });
  }
  return showAcceptances(accepted);
}

/** Records that a role has confirmed claims. */
export async function attest(
  workspace: Workspace,
  id: string,
  options: {
    readonly by?: string;
    readonly claim?: readonly string[];
    readonly proof?: string;
    readonly cwd: string;
  },
): Promise<CommandResult> {
  const file = options.proof === undefined ? undefined : await digestOfFile(options);
  const record = await attestDocument(workspace, {
    document: id,
    by: options.by ?? workspace.operator,
    claims: options.claim ?? [],
    file,
  });
  return showAttestation(record);
}

async function digestOfFile({
  proof = '',
  cwd,
}: {
  readonly proof?: string;
  readonly cwd: string;
}): Promise<Digest> {
  try {
    return sha256(await readFile(resolve(cwd, proof)));
  } catch (error) {
    throw new AppError('file-missing', {
      message: `Expected a file at ${proof}`,
      hint: 'Name the file that you keep as proof; it stays where it is.',
      cause: error,
    });
  }
}
