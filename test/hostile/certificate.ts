import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and a certificate for `localhost`, made for one test run and trusted by nobody. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a certificate with the machine's openssl.
 *
 * @param days how long it is valid; negative for one that has ended.
 * @returns `undefined` where openssl is not installed.
 */
export function makeCertificate(days: number): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'spendproof-tls-'));
  const at = (name: string): string => join(folder, name);
  const run = (...words: readonly string[]): boolean =>
    spawnSync('openssl', [...words], { cwd: folder, stdio: 'ignore' }).status === 0;
  const dated = ['-days', String(days), '-extfile', 'san.cnf'];
  try {
    writeFileSync(at('san.cnf'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const isMade =
      run('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key.pem') &&
      run('req', '-new', '-key', 'key.pem', '-subj', '/CN=localhost', '-out', 'request.pem') &&
      run(
        'x509',
        '-req',
        '-in',
        'request.pem',
        '-signkey',
        'key.pem',
        '-out',
        'cert.pem',
        ...dated,
      );
    if (!isMade) return undefined;
    return { key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
