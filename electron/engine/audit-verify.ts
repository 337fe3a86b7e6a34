import { join } from 'node:path';
import type { AuditProblem, AuditReport } from '../shared/audit-proof.ts';
import { firstKeysFileName, readFirstKeys } from './audit-first-keys.ts';
import { EngineStartError } from './contract.ts';
import { type ChainHead, checkChain, genesisHash } from './store/audit-chain.ts';
import { type CheckpointReads, readCheckpoints } from './store/audit-checkpoints.ts';
import { markFileName, readMark } from './store/audit-mark.ts';
import { readPruning } from './store/audit-prune.ts';
import { readAudit } from './store/audit-queries.ts';
import { readSignerPlace, type SignerPlace, signerFileName } from './store/audit-signer.ts';
import { CheckpointChain } from './store/checkpoint-chain.ts';
import { type Connection, openReadHandle } from './store/connection.ts';
import type { ChainRow, StoreReader } from './store/contract.ts';
import { readSchemaVersion } from './store/migrate.ts';
import { hasCode } from './store/private-file.ts';
import { isCorruption } from './store/rows.ts';

export interface VerifyOptions {
  /** Holds the database and the files beside it. */
  dataDir: string;
  nativeBinding?: string | undefined;
  /** Rows read between two looks at other work. */
  rowsPerStep: number;
  /** Also compares the indexes with the rows; cannot be done in steps. */
  withIndexes: boolean;
  /** A head somebody noted elsewhere before: this row must still have this hash (hex). */
  knownHead?: { seq: number; hash: string } | undefined;
}

export interface VerifyProgress {
  checked: number;
  total: number;
}

/** The schema that first had checkpoints. */
const firstProofVersion = 13;
/** Places in the list of columns; see audit-rows.ts. */
const eventColumn = 3;
const reasonColumn = 12;
const detailsColumn = 22;

type Reads = CheckpointReads & ReturnType<typeof readPruning> & Pick<StoreReader, 'chainRows' | 'auditEnd'>;

/** What stands outside the database; read before it, so that a running engine is never behind it. */
interface Outside {
  mark: ChainHead | null;
  signer: SignerPlace | null;
  firstKeys: ReadonlyMap<number, Buffer> | null;
}

/**
 * Checks the whole audit log as docs/audit-format.md describes it, read-only and on one snapshot, also while an engine
 * runs. Yields how far it is after every step. Throws `EngineStartError` when there is no database this version knows.
 */
export function* verifyAudit(options: VerifyOptions): Generator<VerifyProgress, AuditReport> {
  const { dataDir, nativeBinding } = options;
  const outside = readOutside(dataDir);
  const db = openDatabase(join(dataDir, 'scopegate.db'), nativeBinding);
  try {
    return yield* new Verification(db, outside, options).run();
  } finally {
    db.close();
  }
}

function readOutside(dataDir: string): Outside {
  return {
    mark: readMark(join(dataDir, markFileName)),
    signer: readSignerPlace(join(dataDir, signerFileName)),
    firstKeys: readFirstKeys(join(dataDir, firstKeysFileName)),
  };
}

function openDatabase(file: string, nativeBinding: string | undefined): Connection {
  try {
    return openReadHandle({ file, nativeBinding });
  } catch (error) {
    if (!hasCode(error, 'SQLITE_CANTOPEN', 'ERR_INVALID_ARG_TYPE') && !(error instanceof TypeError)) throw error;
    throw new EngineStartError(
      'data_dir_unusable',
      `There is no audit log at ${file}.`,
      'Name the data folder with --data-dir.',
    );
  }
}

class Verification {
  readonly #db: Connection;
  readonly #outside: Outside;
  readonly #options: VerifyOptions;
  readonly #problems: AuditProblem[] = [];
  readonly #losses: AuditProblem[] = [];
  readonly #notes: string[] = [];
  readonly #chain: CheckpointChain;
  /** The hashes signed checkpoints vouch for, by row. */
  readonly #signed = new Map<number, Buffer>();
  /** The rows somebody vouches for, with the hash they have; null until they are seen. */
  readonly #seen = new Map<number, Buffer | null>();
  readonly #lossRows: number[] = [];
  #prunedSaid = 0;
  #head: ChainHead = { seq: 0, hash: genesisHash };
  #firstSeq = 0;
  #lastSeq = 0;

  constructor(db: Connection, outside: Outside, options: VerifyOptions) {
    this.#db = db;
    this.#outside = outside;
    this.#options = options;
    this.#chain = new CheckpointChain(outside.firstKeys);
  }

  *run(): Generator<VerifyProgress, AuditReport> {
    let prunedThrough = 0;
    try {
      this.#checkVersion();
      this.#db.exec('BEGIN');
      const reads: Reads = { ...readCheckpoints(this.#db), ...readPruning(this.#db), ...readAudit(this.#db) };
      this.#lastSeq = reads.auditEnd();
      prunedThrough = reads.prunedThrough();
      yield* this.#readCheckpoints(reads);
      for (const { seq } of [this.#outside.mark, this.#options.knownHead].filter((head) => head != null))
        this.#seen.set(seq, null);
      yield* this.#walk(reads, prunedThrough);
      this.#compareOutside();
      if (this.#options.withIndexes) this.#checkIndexes();
      else this.#notes.push('The indexes were not compared with the rows; `scopegate verify` does that.');
    } catch (error) {
      if (!(error instanceof Error) || !isDamage(error)) throw error;
      this.#problems.push({
        seq: this.#head.seq + 1,
        code: 'unreadable',
        message: `The database is damaged and could not be read on: ${error.message}.`,
      });
    }
    return this.#report(prunedThrough);
  }

  #checkVersion(): void {
    const version = readSchemaVersion(this.#db);
    if (version >= firstProofVersion) return;
    throw new EngineStartError(
      'data_dir_unusable',
      'The audit log was written by an earlier version of ScopeGate and is not signed yet.',
      'Start this ScopeGate once on that folder, then verify again.',
    );
  }

  *#readCheckpoints(reads: Reads): Generator<VerifyProgress, void> {
    for (;;) {
      const batch = reads.checkpoints(this.#chain.last?.n ?? 0, 64);
      for (const checkpoint of batch) {
        const problem = this.#chain.take(checkpoint);
        if (problem) {
          this.#problems.push(problem);
          return;
        }
        this.#signed.set(checkpoint.seq, checkpoint.hash);
        this.#seen.set(checkpoint.seq, null);
      }
      if (batch.length === 0) return;
      yield { checked: 0, total: this.#lastSeq };
    }
  }

  *#walk(reads: Reads, prunedThrough: number): Generator<VerifyProgress, void> {
    const { rowsPerStep } = this.#options;
    if (prunedThrough > 0) {
      const hash = this.#signed.get(prunedThrough);
      if (!hash)
        this.#add(prunedThrough, 'beginning', `Rows up to ${prunedThrough} are gone, and no signature ends them.`);
      const [first] = reads.chainRows(prunedThrough, 1);
      this.#head = { seq: prunedThrough, hash: hash ?? first?.prevHash ?? genesisHash };
    }
    const total = this.#lastSeq - prunedThrough;
    for (let checked = 0; ; ) {
      const rows = reads.chainRows(this.#head.seq, rowsPerStep);
      if (rows.length === 0) break;
      if (this.#firstSeq === 0) this.#firstSeq = Number(rows[0]?.values[0]);
      if (!this.#take(rows)) return;
      checked += rows.length;
      yield { checked, total };
    }
    if (prunedThrough > 0 && this.#prunedSaid !== prunedThrough)
      this.#add(prunedThrough, 'beginning', `Rows up to ${prunedThrough} are gone, and no row says so.`);
  }

  /** False: a bad row, after which nothing can be linked. */
  #take(rows: readonly ChainRow[]): boolean {
    for (const row of rows) {
      const check = checkChain([row], this.#head);
      if (!check.ok) {
        this.#add(check.seq, check.reason, describeBreak(check.seq, check.reason));
        return false;
      }
      this.#head = check.head;
      if (this.#seen.has(check.head.seq)) this.#seen.set(check.head.seq, check.head.hash);
      this.#note(row, check.head.seq);
    }
    return true;
  }

  /** What the log says of itself. */
  #note({ values }: ChainRow, seq: number): void {
    const event = values[eventColumn];
    if (event === 'audit.pruned') this.#prunedSaid = readThrough(values[detailsColumn]);
    if (event !== 'log.loss') return;
    this.#lossRows.push(seq);
    const message = lossWords[String(values[reasonColumn])] ?? 'ScopeGate found something missing when it started.';
    this.#losses.push({ seq, code: 'recorded_loss', message: `At row ${seq}: ${message}` });
  }

  #compareOutside(): void {
    const { mark, signer, firstKeys } = this.#outside;
    const { knownHead } = this.#options;
    const last = this.#chain.last;
    for (const [seq, hash] of this.#signed) this.#compareVouched(seq, hash, 'a signed checkpoint');
    if (mark) this.#compareVouched(mark.seq, mark.hash, 'the mark beside the database');
    if (knownHead) this.#compareKnown(knownHead);
    if (signer && signer.n > (last?.n ?? 0))
      this.#add(
        null,
        'rolled_back',
        `Checkpoint ${signer.n}, for row ${signer.head.seq}, was signed and is not in the database: an older one was put back.`,
      );
    const isNext =
      !signer || !last || signer.n !== last.n || signer.epoch === 0 || signer.publicKey.equals(last.nextKey);
    if (!isNext) this.#add(last?.seq ?? null, 'checkpoint', 'The newest signature is not by the key that signs here.');
    for (const { after, through } of this.#chain.breaks)
      if (!this.#lossRows.some((seq) => seq > after && seq <= through))
        this.#add(through, 'checkpoint', `Signatures begin anew at row ${through}, and no row says why.`);
    if (!mark)
      this.#notes.push(
        'The mark beside the database is missing: what was cut off after the last signature would not show.',
      );
    if (!signer) this.#notes.push('The signer’s file is missing: an older database with an older mark would not show.');
    if (!firstKeys && last)
      this.#notes.push(
        'The first public key is not noted outside the database: who could write all of it could have signed it anew.',
      );
  }

  #isSeen(seq: number, hash: Buffer): boolean {
    return this.#seen.get(seq)?.equals(hash) ?? false;
  }

  #compareVouched(seq: number, hash: Buffer, who: string): void {
    if (seq === 0 || this.#isSeen(seq, hash)) return;
    if (seq > this.#lastSeq)
      this.#add(
        seq,
        'rolled_back',
        `Row ${seq} was written, as ${who} says, and is not in the log: rows were cut off.`,
      );
    else if (seq <= this.#head.seq && seq >= this.#firstSeq)
      this.#add(seq, 'rolled_back', `Row ${seq} is another one than ${who} says.`);
  }

  #compareKnown({ seq, hash }: { seq: number; hash: string }): void {
    if (this.#isSeen(seq, Buffer.from(hash, 'hex'))) return;
    if (seq < this.#firstSeq) this.#notes.push(`Row ${seq} was pruned and cannot be compared with the head you noted.`);
    else this.#add(seq, 'other_head', `Row ${seq} is not the one whose hash you noted.`);
  }

  #checkIndexes(): void {
    for (const table of ['audit', 'audit_checkpoints']) {
      const finding = String(this.#db.pragma(`integrity_check(${table})`, { simple: true }));
      if (finding !== 'ok') this.#add(null, 'indexes', `The indexes of the log do not fit its rows: ${finding}.`);
    }
  }

  #add(seq: number | null, code: AuditProblem['code'], message: string): void {
    if (!this.#problems.some((known) => known.seq === seq && known.code === code))
      this.#problems.push({ seq, code, message });
  }

  #report(prunedThrough: number): AuditReport {
    const { mark, firstKeys } = this.#outside;
    const signed = this.#chain.last;
    const markedThrough = mark && this.#isSeen(mark.seq, mark.hash) ? mark.seq : 0;
    let signedThrough = 0;
    for (const [seq, hash] of this.#signed) if (this.#isSeen(seq, hash)) signedThrough = Math.max(signedThrough, seq);
    const problems = [...this.#problems.sort((one, other) => (one.seq ?? 0) - (other.seq ?? 0)), ...this.#losses];
    return {
      verdict: this.#problems.length > 0 ? 'broken' : this.#losses.length > 0 ? 'incomplete' : 'whole',
      problems,
      firstSeq: this.#firstSeq,
      lastSeq: this.#lastSeq,
      lastHash: this.#head.hash.toString('hex'),
      chainedThrough: this.#head.seq,
      signedThrough,
      confirmedThrough: Math.max(signedThrough, markedThrough),
      prunedThrough,
      checkpoints: signed?.n ?? 0,
      firstKeys: [...(firstKeys?.values() ?? [])].map((key) => key.toString('base64')),
      notes: this.#notes,
    };
  }
}

function isDamage(error: Error): boolean {
  return error instanceof EngineStartError
    ? error.code === 'database_corrupt'
    : isCorruption(error) || hasCode(error, 'SQLITE_ERROR');
}

const breakWords = {
  gap: (seq: number) => `Row ${seq} is missing.`,
  link: (seq: number) => `Row ${seq} does not follow the row before it.`,
  hash: (seq: number) => `Row ${seq} is not what was written.`,
};

function describeBreak(seq: number, reason: keyof typeof breakWords): string {
  return breakWords[reason](seq);
}

const lossWords: Record<string, string> = {
  rows_missing: 'newer rows had been written and were not there any more.',
  other_rows: 'the log was another one than before.',
  mark_missing: 'the mark beside the database was gone, so rows could have been cut off.',
  checkpoints_missing: 'newer signed checkpoints had been made and were not there any more.',
  key_missing: 'the signing key was gone, so signatures begin anew.',
  first_key_missing: 'the note of the first public key was gone.',
};

function readThrough(details: unknown): number {
  try {
    const parsed: unknown = JSON.parse(String(details));
    const isObject = typeof parsed === 'object' && parsed !== null && 'through' in parsed;
    return isObject && typeof parsed.through === 'number' ? parsed.through : 0;
  } catch {
    return 0;
  }
}
