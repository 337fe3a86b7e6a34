import {
  checkEndpoint,
  type TelemetryAttempt,
  type TelemetryConfig,
  type TelemetrySignal,
  type TelemetryState,
} from '../../shared/telemetry.ts';
import type { LogPort } from '../ports.ts';
import type { AuditRow, StoreWriter } from '../store/contract.ts';
import { createFaultMaker } from '../upstream/faults.ts';
import { LinkFault } from '../upstream/link.ts';
import { createRedactor } from '../upstream/redactor.ts';
import { resolveReferences } from '../upstream/references.ts';
import type { EchoGuard } from '../wire/echo-guard.ts';
import { loadEncoder, whyUnsupported } from './load-encoder.ts';
import { postBatch } from './post-batch.ts';
import type { Attributes, RowView, ServerAddress } from './row-facts.ts';
import { type SendResult, SignalSender } from './signal-sender.ts';

export interface ExporterPorts {
  store: Pick<
    StoreWriter,
    | 'auditEnd'
    | 'callRows'
    | 'prunedThrough'
    | 'putTelemetryConfig'
    | 'putTelemetryCursor'
    | 'rowsAfter'
    | 'telemetryConfig'
    | 'telemetryCursors'
    | 'transaction'
  >;
  log: LogPort;
  env: Readonly<Record<string, string | undefined>>;
  guard: EchoGuard;
  version: string;
  /** Tells this gateway from others, and says nothing else. */
  instanceId: string;
  serverAddress(serverId: string): ServerAddress | null;
  /** Rows were pruned before they could be sent. */
  missed(signal: TelemetrySignal, from: number, through: number): void;
  now(): number;
}

export interface TestResult {
  entries: number;
  results: (TelemetryAttempt & { signal: TelemetrySignal })[];
}

const timeoutMs = 10_000;
/** Entries a test sends. */
const testEntries = 20;

/** Where a signal begins that is turned on. `kept`: where it stopped before. */
export type ExportStart = 'kept' | 'now' | 'beginning';

/**
 * Sends the audit log to a collector while a person has turned that on: one sender for each signal, so that one the
 * collector does not want holds up no other. Off, it holds nothing and loads nothing.
 */
export class TelemetryExporter {
  readonly #ports: ExporterPorts;
  #config: TelemetryConfig;
  #senders: SignalSender[] = [];
  /** Changes of the configuration, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: ExporterPorts) {
    this.#ports = ports;
    this.#config = ports.store.telemetryConfig();
  }

  get config(): TelemetryConfig {
    return this.#config;
  }

  start(): void {
    if (!this.#config.on || whyUnsupported(process.versions.node) !== null) return;
    const { store, log, missed, now } = this.#ports;
    const cursors = new Map(store.telemetryCursors().map((cursor) => [cursor.signal, cursor]));
    const config = this.#config;
    this.#senders = config.signals.map((signal) => {
      const cursor = cursors.get(signal) ?? blankCursor(signal, store.auditEnd());
      const ports = {
        rowsAfter: store.rowsAfter,
        auditEnd: store.auditEnd,
        putCursor: store.putTelemetryCursor,
        send: (name: TelemetrySignal, rows: readonly AuditRow[], abort: AbortSignal) =>
          this.#send(config, name, rows, abort),
        ...{ log, missed, now },
      };
      return new SignalSender(ports, cursor);
    });
  }

  async close(): Promise<void> {
    const senders = this.#senders;
    this.#senders = [];
    await Promise.all(senders.map((sender) => sender.close()));
  }

  /** The configuration was checked before; throws when it cannot be stored, and then nothing has changed. */
  configure(config: TelemetryConfig, from: ExportStart): Promise<void> {
    const change = async () => {
      const { store } = this.#ports;
      await this.close();
      try {
        store.transaction(() => {
          store.putTelemetryConfig(config);
          if (config.on) this.#place(config, from);
        });
        this.#config = config;
      } finally {
        this.start();
      }
    };
    const done = this.#turn.then(change);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  #place(config: TelemetryConfig, from: ExportStart): void {
    const { store } = this.#ports;
    const known = new Set(store.telemetryCursors().map(({ signal }) => signal));
    for (const signal of config.signals) {
      if (from === 'kept' && known.has(signal)) continue;
      store.putTelemetryCursor(blankCursor(signal, from === 'beginning' ? store.prunedThrough() : store.auditEnd()));
    }
  }

  state(): Pick<TelemetryState, 'config' | 'unsupported' | 'signals'> {
    return {
      config: this.#config,
      unsupported: whyUnsupported(process.versions.node),
      signals: this.#senders.map((sender) => sender.state()),
    };
  }

  /** True when that entry was the one that held up its signal. */
  skip(signal: TelemetrySignal, seq: number): boolean {
    return this.#senders.some((sender) => sender.state().signal === signal && sender.skip(seq));
  }

  /** Sends the newest entries once for each signal; no cursor moves. Never rejects. */
  async test(config: TelemetryConfig): Promise<TestResult> {
    const { store, now } = this.#ports;
    const rows = store.rowsAfter(Math.max(0, store.auditEnd() - testEntries), testEntries);
    const results = config.signals.map(async (signal) => {
      const result = await this.#send(config, signal, rows, null);
      return { signal, at: now(), ok: result.kind === 'accepted', message: tell(result) };
    });
    return { entries: rows.length, results: await Promise.all(results) };
  }

  /** @param abort null: a test, which nothing ends early */
  async #send(
    config: TelemetryConfig,
    signal: TelemetrySignal,
    rows: readonly AuditRow[],
    abort: AbortSignal | null,
  ): Promise<SendResult> {
    const refuse = (message: string): SendResult => ({ kind: 'refused', message, retry: 'held', retryAfterMs: null });
    const endpoint = checkEndpoint(config.endpoint);
    if (!endpoint.ok) return refuse(endpoint.message);
    if (endpoint.isPlain && !config.plainAllowed)
      return refuse('The address is not encrypted, and you did not allow that.');
    const headers = await this.#headers(config);
    if (typeof headers === 'string') return refuse(headers);
    const { encodeBatch, readAcceptance } = await loadEncoder();
    const began = performance.now();
    const batch = encodeBatch(signal, {
      rows,
      view: this.view(config),
      rowsOf: this.#ports.store.callRows,
      resource: this.#resource(),
      version: this.#ports.version,
      now: this.#ports.now(),
    });
    const busyMs = performance.now() - began;
    // a test asks the collector even then: an empty request is a valid one
    if (batch.items === 0 && abort !== null) return { kind: 'accepted', rejected: 0, message: '', busyMs };
    const url = signalUrl(config.endpoint, signal);
    const posted = await postBatch({ url, headers, body: batch.body, timeoutMs, abort });
    return posted.kind === 'accepted' ? { kind: 'accepted', ...readAcceptance(signal, posted.body), busyMs } : posted;
  }

  /** What may leave of a row. */
  view(config: TelemetryConfig): RowView {
    return { fields: new Set(config.fields), serverAddress: this.#ports.serverAddress };
  }

  /** A sentence where a reference has no value. Values are read anew for each batch, so that one can be rotated. */
  async #headers({ headers }: TelemetryConfig): Promise<Record<string, string> | string> {
    const redactor = createRedactor(this.#ports.guard);
    const makeFault = createFaultMaker(this.#ports.now, redactor);
    try {
      return await resolveReferences(headers, { env: this.#ports.env, redactor, makeFault });
    } catch (error) {
      return error instanceof LinkFault ? error.fault.message : 'A header’s value could not be read.';
    }
  }

  #resource(): Attributes {
    const { version, instanceId } = this.#ports;
    return { 'service.name': 'scopegate', 'service.version': version, 'service.instance.id': instanceId };
  }
}

function blankCursor(signal: TelemetrySignal, sentThrough: number) {
  return { signal, sentThrough, lastSentAt: null, missed: 0, rejected: 0 };
}

/** The base address with the path OTLP/HTTP gives the signal. */
function signalUrl(base: string, signal: TelemetrySignal): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/${signal}`;
  return url;
}

function tell(result: SendResult): string {
  if (result.kind === 'refused') return result.message;
  if (result.rejected > 0)
    return `Taken, but ${result.rejected} were thrown away: ${result.message || 'no reason given'}`;
  return 'Taken.';
}
