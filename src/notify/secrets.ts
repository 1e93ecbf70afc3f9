import type { Ports, SecretRef } from '../core/index.ts';

/** Reads at the last moment; of a failure only that there is nothing is kept, for its message may hold the secret. */
export async function readSecret(ref: SecretRef, ports: Ports): Promise<string | undefined> {
  try {
    const value = (await ports.secrets.read(ref))?.trim();
    return value === '' ? undefined : value;
  } catch (error) {
    ports.log.warn('notify.secret-unreadable', { known: error instanceof Error });
    return undefined;
  }
}

/** Reads an address; `undefined` when there is none or it is no URL. */
export async function readUrl(ref: SecretRef, ports: Ports): Promise<URL | undefined> {
  const text = await readSecret(ref, ports);
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

/** Reads what goes into a header; anything that could end the header is no token. */
export async function readToken(ref: SecretRef, ports: Ports): Promise<string | undefined> {
  const text = await readSecret(ref, ports);
  return text !== undefined && /^[\x21-\x7e]{1,4096}$/.test(text) ? text : undefined;
}

/** Makes the header that shows a token; none without one. */
export const bearerOf = (token: string | null): Readonly<Record<string, string>> =>
  token === null ? {} : { authorization: `Bearer ${token}` };
