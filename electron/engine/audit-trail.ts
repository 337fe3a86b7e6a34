import { hkdfSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { firstKeysFileName, readFirstKeys, writeFirstKeys } from './audit-first-keys.ts';
import type { Clock, LogPort } from './ports.ts';
import type { ChainHead } from './store/audit-chain.ts';
import { type AuditCheckpoint, checkpointText, hashCheckpoint } from './store/audit-checkpoints.ts';
import { AuditMark, markFileName } from './store/audit-mark.ts';
import { AuditSigner, type SignerPlace, signerFileName } from './store/audit-signer.ts';
import type { StoreWriter } from './store/contract.ts';
import { reasonOf } from './store/private-file.ts';
import { type FileWrites, realWrites } from './store/slot-file.ts';
import { WalSync } from './store/wal-sync.ts';
import type { JsonObject } from './wire/json-rpc.ts';

interface Ports {
  store: StoreWriter;
  clock: Clock;
  log: LogPort;
  /** The engine's own key; the signer's file is sealed under a key derived from it. */
  key: KeyObject;
  /** Absolute; holds `scopegate.db` and the trail's own files. */
  dataDir: string;
  writes?: FileWrites | undefined;
}

/** Something a start found that the log alone would not show; written down as a `log.loss` row. */
export interface TrailLoss extends JsonObject {
  reason: 'rows_missing' | 'other_rows' | 'mark_missing' | 'checkpoints_missing' | 'key_missing' | 'first_key_missing';
}

/** What was found when the trail was opened. */
export interface TrailStart {
  /** Rows that were committed but not yet marked when the engine before this one ended. */
  afterMark: number;
  losses: TrailLoss[];
}

const rowsPerCheckpoint = 256;
const checkpointEveryMs = 60_000;

/**
 * Everything that makes the log provable and durable, outside SQLite: the mark after every commit, a signed checkpoint
 * after 256 rows or a minute, and the sync of the write-ahead log that waiting rows share.
 */
export class AuditTrail {
  readonly #ports: Ports;
  readonly #mark: AuditMark;
  readonly #signer: AuditSigner;
  readonly #sync: WalSync;
  readonly #timer: NodeJS.Timeout;
  readonly start: TrailStart;
  #last: AuditCheckpoint | null;
  #signing: Promise<void> | null = null;
  #isDue = false;
  #fault: string | null = null;

  /** Opens or makes the files; must be the store's only trail. Throws when one cannot be used. */
  constructor(ports: Ports) {
    this.#ports = ports;
    const { store, dataDir, writes = realWrites } = ports;
    this.#mark = new AuditMark(join(dataDir, markFileName), writes);
    this.#signer = new AuditSigner(join(dataDir, signerFileName), sealKeyOf(ports.key), writes);
    this.#sync = new WalSync(join(dataDir, 'scopegate.db'), writes);
    this.#last = store.lastCheckpoint();
    const { afterMark, losses } = this.#compareMark();
    this.start = { afterMark, losses: [...losses, ...this.#openSigner()] };
    store.onAuditCommit((head) => this.#committed(head));
    this.#committed(store.auditHead());
    this.#timer = setInterval(() => void this.checkpoint(), checkpointEveryMs);
    this.#timer.unref();
  }

  /** Why the mark could not be written after the last commit; null when it was. */
  get fault(): string | null {
    return this.#fault;
  }

  get last(): AuditCheckpoint | null {
    return this.#last;
  }

  /** The public keys that began each line, by line. */
  firstKeys(): ReadonlyMap<number, Buffer> {
    return readFirstKeys(this.#firstKeysPath) ?? new Map();
  }

  /** Resolves when everything committed before survives a power cut; rejects when that is not certain. */
  sync(): Promise<void> {
    return this.#sync.sync();
  }

  /** Signs the newest row if it is not signed yet. Never rejects: a failure is logged and the next one makes up for it. */
  checkpoint(): Promise<void> {
    this.#signing ??= this.#sign()
      .catch((error: unknown) => {
        this.#ports.log.error('the audit log could not be signed, trying again later', { error: reasonOf(error) });
      })
      .finally(() => {
        this.#signing = null;
      });
    return this.#signing;
  }

  /** Writes the mark again after a failure. */
  retry(): void {
    this.#committed(this.#ports.store.auditHead());
  }

  /** Signs what is not signed yet and closes the files; before the store is closed. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#signing;
    await this.checkpoint();
    await this.#sync.close();
    this.#ports.store.onAuditCommit(() => undefined);
    this.#mark.close();
    this.#signer.close();
  }

  /** After a commit and never before: the mark must not promise a row that is not there. */
  #committed(head: ChainHead): void {
    try {
      this.#mark.write(head);
      this.#fault = null;
    } catch (error) {
      this.#fault = `the mark beside the database: ${reasonOf(error)}`;
    }
    if (this.#isDue || this.#signing || head.seq - (this.#last?.seq ?? 0) < rowsPerCheckpoint) return;
    this.#isDue = true;
    // not now: replies wait for this commit
    setImmediate(() => {
      this.#isDue = false;
      void this.checkpoint();
    });
  }

  async #sign(): Promise<void> {
    const { store, clock } = this.#ports;
    // a sync that failed left the key that signed the newest one in use, and it signs only one
    await this.#retireKey();
    const head = store.auditHead();
    if (head.seq === (this.#last?.seq ?? 0)) return;
    const { line, epoch, publicKey, n } = this.#signer.place;
    const unsigned = {
      ...{ n: n + 1, line, epoch, seq: head.seq, hash: head.hash, at: Math.round(clock.now()) },
      prevHash: this.#last ? hashCheckpoint(this.#last) : Buffer.alloc(32),
      ...{ publicKey, nextKey: this.#signer.nextPublicKey() },
    };
    const checkpoint = { ...unsigned, signature: this.#signer.sign(checkpointText(unsigned)) };
    store.putCheckpoint(checkpoint);
    this.#last = checkpoint;
    await this.#retireKey();
  }

  /** Erases the key that signed the newest checkpoint, once that cannot be lost: the next key would have no warrant. */
  async #retireKey(): Promise<void> {
    const last = this.#last;
    if (!last || this.#signer.place.n >= last.n) return;
    await this.#sync.sync();
    this.#signer.evolve(last.n, { seq: last.seq, hash: last.hash });
  }

  #compareMark(): TrailStart {
    const { store } = this.#ports;
    const head = store.auditHead();
    const marked = this.#mark.read();
    if (!marked) return { afterMark: 0, losses: this.#last ? [{ reason: 'mark_missing', lastSeq: head.seq }] : [] };
    const about = { markSeq: marked.seq, markHash: marked.hash.toString('hex'), lastSeq: head.seq };
    if (marked.seq > head.seq) return { afterMark: 0, losses: [{ reason: 'rows_missing', ...about }] };
    const isHeld = marked.seq === 0 || store.chainRows(marked.seq - 1, 1)[0]?.hash.equals(marked.hash);
    if (!isHeld) return { afterMark: 0, losses: [{ reason: 'other_rows', ...about }] };
    return { afterMark: head.seq - marked.seq, losses: [] };
  }

  /** Makes the signer stand right after the newest checkpoint, beginning a new line where it cannot. */
  #openSigner(): TrailLoss[] {
    const place = this.#signer.load();
    const losses: TrailLoss[] = [];
    if (!place) {
      if (this.#last) losses.push({ reason: 'key_missing', signedSeq: this.#last.seq });
      this.#beginLine((this.#last?.line ?? 0) + 1);
    } else if (place.n > (this.#last?.n ?? 0)) {
      losses.push({
        reason: 'checkpoints_missing',
        signedSeq: place.head.seq,
        lastSeq: this.#ports.store.auditHead().seq,
      });
      this.#beginLine(place.line + 1);
    } else if (this.#last && !this.#follow(this.#last)) {
      losses.push({ reason: 'key_missing', signedSeq: this.#last.seq });
      this.#beginLine(Math.max(place.line, this.#last.line) + 1);
    }
    return [...losses, ...this.#keepFirstKeys(this.#signer.place)];
  }

  /** Killed between a checkpoint and the next key, the file is a step behind: hashing leads on. */
  #follow(last: AuditCheckpoint): boolean {
    const { place } = this.#signer;
    if (place.line === last.line + 1 && place.epoch === 0 && place.n === last.n) return true;
    if (place.line !== last.line) return false;
    while (this.#signer.place.epoch <= last.epoch) this.#signer.evolve(last.n, { seq: last.seq, hash: last.hash });
    return this.#signer.place.epoch === last.epoch + 1 && this.#signer.place.publicKey.equals(last.nextKey);
  }

  #beginLine(line: number): void {
    const { n = 0, seq = 0, hash = Buffer.alloc(32) } = this.#last ?? {};
    this.#signer.begin(line, n, { seq, hash });
  }

  get #firstKeysPath(): string {
    return join(this.#ports.dataDir, firstKeysFileName);
  }

  #keepFirstKeys({ line, epoch, publicKey }: SignerPlace): TrailLoss[] {
    const stored = readFirstKeys(this.#firstKeysPath);
    if (stored?.has(line)) return [];
    const keys = new Map(stored ?? this.#ports.store.lineKeys().map((key, index) => [index + 1, key]));
    if (epoch === 0) keys.set(line, publicKey);
    writeFirstKeys(this.#firstKeysPath, keys);
    return this.#last && !stored ? [{ reason: 'first_key_missing', lastSeq: this.#last.seq }] : [];
  }
}

function sealKeyOf(key: KeyObject): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'scopegate audit signer', 32));
}
