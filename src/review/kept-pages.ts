import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Digest, digestHex } from '../core/index.ts';
import { documentJson, type NormalisedDocument, readDocument } from '../verify/index.ts';
import { writeWhole } from './write-whole.ts';

/** Keeps normalised page texts on this machine, by content digest, so that a later change can be shown by section. */
export async function keepPage(
  state: string,
  content: Digest,
  page: NormalisedDocument,
): Promise<void> {
  const path = pathOf(state, content);
  await writeWhole(path, gzipSync(documentJson(page)));
}

/**
 * Reads a kept text.
 *
 * @returns `undefined` when it is not on this machine or not the text of that digest: the digest alone still judges.
 */
export async function readPage(
  state: string,
  content: Digest,
): Promise<NormalisedDocument | undefined> {
  try {
    return readDocument(
      gunzipSync(await readFile(pathOf(state, content))).toString('utf8'),
      content,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return undefined;
    throw error;
  }
}

const pathOf = (state: string, content: Digest): string =>
  join(state, 'documents', `${digestHex(content)}.json.gz`);
