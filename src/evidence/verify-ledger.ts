import { AppError, type Digest, type Instant, parseInstant } from '../core/index.ts';
import { commitDigest, decodeCommit, NO_COMMIT, rootDigest } from './commit.ts';
import { isAnySystemError } from './files-node.ts';
import { readKeys, keyFolder, readMark } from './keys.ts';
import { commitPath, findLink, type LedgerLayout, layoutOf } from './layout.ts';
import { type LedgerProblem, Problems } from './ledger-problems.ts';
import { leafHash } from './merkle.ts';
import type { LedgerPlace, LedgerPorts } from './open-ledger.ts';
import { CheckpointCheck } from './verify-checkpoints.ts';
import { checkPublicFiles, type Trust, TrustCheck } from './verify-trust.ts';
import { RecordCheck } from './verify-records.ts';
import { TileCheck } from './verify-tiles.ts';
import { Tree } from './tree.ts';
import { bytesAt } from './bytes-at.ts';

/** So many signatures are checked at once; it bounds the memory that they take. */
const WAITING_MAX = 512;

/** What a verification found. */
export interface LedgerVerdict {
  readonly ok: boolean;
  /** Records that the commits hold. */
  readonly size: number;
  readonly root: Digest;
  /** Checkpoints whose signature and root hold. */
  readonly checkpoints: number;
  /** Records beyond the newest checkpoint: durable, and signed one by one, but not under a signed head yet. */
  readonly unpublished: number;
  /** Public keys, `name+keyId`, that have signed the newest checkpoint. */
  readonly signedBy: readonly string[];
  /** How many reviewers must cosign a change of keys, by the ledger's own word. */
  readonly quorum: number;
  /** The newest checkpoint that reviewers of that time have cosigned, and their names; size 0 when there is none. */
  readonly cosigned: { readonly size: number; readonly by: readonly string[] };
  /** At most 100, in the order of the design: whom to trust, the tree, the records. */
  readonly problems: readonly LedgerProblem[];
  /** When the last record under the newest checkpoint was written, by its own word. */
  readonly lastCheckpointAt?: Instant;
}

/**
 * Checks everything that a ledger's files say against each other, reading each once and keeping little in memory.
 *
 * Commits form a chain; their entries give the tree; every tile, bundle and checkpoint is what the tree says; every record
 * is signed by a key that counted at its index, has a schema, and refers to records before it. The keys are those that the
 * ledger itself enrols, each change of them cosigned by the quorum of its time; with `home` also this machine's, with
 * `trust.policy` those of the policy. Corruption is reported and never thrown.
 * @throws {AppError} `ledger-missing` when there is nothing to verify.
 */
export async function verifyLedger(
  place: LedgerPlace,
  ports: LedgerPorts,
  trust: Trust = {},
): Promise<LedgerVerdict> {
  const layout = layoutOf(place.folder);
  const names = await ports.files.list(place.folder);
  if (names.length === 0) {
    throw new AppError('ledger-missing', {
      message: `Expected a ledger in ${place.folder}, found none`,
      hint: 'Run `spendproof init`.',
    });
  }
  const problems = new Problems();
  const link = await findLink(place.folder);
  if (link !== undefined) problems.add('link', `Expected real files, got a symbolic link: ${link}`);
  const walk = new LedgerWalk(layout, { problems, trust: new TrustCheck(trust, problems) }, ports);
  try {
    if (link === undefined) await walk.run(place.home);
  } catch (error) {
    if (!(error instanceof AppError) && !isAnySystemError(error)) throw error;
    problems.add('unreadable', error.message);
  }
  return walk.verdict();
}

/** One pass over the commits; the checks of tiles, records and checkpoints listen to it. */
class LedgerWalk {
  readonly #layout: LedgerLayout;
  readonly #problems: Problems;
  readonly #ports: LedgerPorts;
  readonly #tree = new Tree();
  readonly #records: RecordCheck;
  readonly #tiles: TileCheck;
  readonly #checkpoints: CheckpointCheck;
  readonly #trust: TrustCheck;

  constructor(
    layout: LedgerLayout,
    { problems, trust }: { readonly problems: Problems; readonly trust: TrustCheck },
    ports: LedgerPorts,
  ) {
    this.#layout = layout;
    this.#problems = problems;
    this.#trust = trust;
    this.#ports = ports;
    this.#records = new RecordCheck(problems);
    this.#tiles = new TileCheck(layout, ports.files, problems);
    this.#checkpoints = new CheckpointCheck(layout, ports.files, problems);
  }

  async run(home: string | undefined): Promise<void> {
    await this.#checkpoints.load();
    this.#tiles.published = this.#checkpoints.size;
    this.#records.signedSize = this.#checkpoints.size;
    const mark = await this.#readMark(home);
    const roots = new Map<number, Digest>();
    const wanted = new Set([
      ...this.#checkpoints.sizes(),
      ...this.#trust.sizes(),
      ...(mark === undefined ? [] : [mark.size]),
    ]);
    const note = (): void => {
      if (wanted.has(this.#tree.size)) roots.set(this.#tree.size, rootDigest(this.#tree.root()));
    };
    note();
    const last = await this.#walkCommits(note);
    await this.#records.settle();
    await this.#tiles.finish(this.#tree, () => this.#hasCommit(last + 1));
    this.#checkpoints.check(this.#records, roots);
    const { ring } = this.#records;
    const { newest, valid } = this.#checkpoints;
    this.#trust.check({ ring, valid }, newest, roots);
    await checkPublicFiles(this.#layout, ring, {
      files: this.#ports.files,
      problems: this.#problems,
    });
    if (mark !== undefined && roots.get(mark.size) !== rootDigest(mark.root)) {
      this.#problems.add(
        'rollback',
        `Expected the ${mark.size} records that this machine has seen, got ${this.#tree.size} of another or shorter history`,
      );
    }
    await this.#checkHome(home);
  }

  verdict(): LedgerVerdict {
    const list = this.#problems.inOrder();
    const at = this.#records.lastSignedAt;
    const written = at === undefined ? undefined : parseInstant(at);
    return {
      ok: list.length === 0,
      size: this.#tree.size,
      root: rootDigest(this.#tree.root()),
      checkpoints: this.#checkpoints.count,
      unpublished: Math.max(0, this.#tree.size - this.#checkpoints.size),
      signedBy: (this.#checkpoints.newest?.signers ?? []).map(keyName),
      quorum: this.#records.ring.quorum,
      cosigned: this.#cosigned(),
      problems: list,
      ...(written === undefined ? {} : { lastCheckpointAt: written }),
    };
  }

  #cosigned(): LedgerVerdict['cosigned'] {
    const { ring } = this.#records;
    for (const { size, cosigners } of this.#checkpoints.valid.toReversed()) {
      const counted = new Set(ring.at('reviewer', size - 1).map(({ vkey }) => vkey));
      const by = cosigners.filter(({ vkey }) => counted.has(vkey)).map(keyName);
      if (by.length > 0) return { size, by };
    }
    return { size: 0, by: [] };
  }

  /** @returns the last generation that holds. */
  async #walkCommits(note: () => void): Promise<number> {
    const names = await this.#ports.files.list(this.#layout.commits);
    let previous = NO_COMMIT;
    for (let generation = 1; generation <= names.length; generation += 1) {
      const path = commitPath(this.#layout, generation);
      if (names[generation - 1] !== path.slice(this.#layout.commits.length + 1)) {
        this.#problems.add('commit', `Expected commit ${generation}, got a gap or another name`);
        return generation - 1;
      }
      const digest = await this.#walkCommit(path, previous, note);
      if (digest === undefined) return generation - 1;
      previous = digest;
    }
    if (names.length === 0) this.#problems.add('missing', 'Expected commits, found none');
    return names.length;
  }

  async #walkCommit(path: string, previous: Digest, note: () => void): Promise<Digest | undefined> {
    const bytes = await bytesAt(path, this.#ports.files);
    const commit = decodeCommit(bytes);
    const name = `commit ${Number(path.slice(-12))}`;
    if (commit === undefined || commitPath(this.#layout, commit.generation) !== path) {
      this.#problems.add('commit', `Expected ${name} to be whole, got a torn or changed file`);
      return undefined;
    }
    if (commit.previous !== previous || commit.oldSize !== this.#tree.size) {
      this.#problems.add('commit', `Expected ${name} to follow the one before it`);
      return undefined;
    }
    for (const entry of commit.entries) {
      const hash = leafHash(entry);
      this.#records.check(entry, hash, this.#tree.size);
      await this.#tiles.entry(entry);
      this.#tree.push(hash, (level, index, hashes) => this.#tiles.expect(level, index, hashes));
      await this.#tiles.flush();
      note();
      if (this.#records.waiting >= WAITING_MAX) await this.#records.settle();
    }
    if (rootDigest(this.#tree.root()) !== commit.root) {
      this.#problems.add('commit', `Expected the root of ${name} to be that of its entries`);
    }
    return commitDigest(bytes);
  }

  async #hasCommit(generation: number): Promise<boolean> {
    return (await this.#ports.files.read(commitPath(this.#layout, generation))) !== undefined;
  }

  async #readMark(home: string | undefined): Promise<Awaited<ReturnType<typeof readMark>>> {
    if (home === undefined || this.#checkpoints.origin === undefined) return undefined;
    return await readMark(keyFolder(home, this.#checkpoints.origin), this.#ports);
  }

  async #checkHome(home: string | undefined): Promise<void> {
    const { origin } = this.#records;
    if (home === undefined || origin === undefined) return;
    const keys = await readKeys({ home, origin }, this.#ports);
    if (keys === undefined) return;
    for (const { verifier } of [keys.log, keys.runner]) {
      if (this.#records.ring.knows(verifier.vkey)) continue;
      this.#problems.add(
        'key',
        `Expected the ledger to know the key ${verifier.name}+${verifier.keyId} of this machine`,
      );
    }
  }
}

const keyName = ({ name, keyId }: { readonly name: string; readonly keyId: string }): string =>
  `${name}+${keyId}`;
