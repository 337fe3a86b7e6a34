import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AuditRow } from '../store/contract.ts';
import { describeMeasurements, durationBounds, type Instrument, instruments } from './describe-measurements.ts';
import type { RowView } from './row-facts.ts';

interface Ports {
  rowsAfter(seq: number, limit: number): AuditRow[];
  view(): RowView;
  version: string;
  /** How things stand now, beside what the rows add up to. */
  gauges(): { approvalsWaiting: number; lastSeq: number; behind: { signal: string; entries: number }[] };
}

const rowsPerStep = 500;

const callLabels = ['mcp.method.name', 'gen_ai.operation.name', 'gen_ai.tool.name', 'gen_ai.prompt.name', 'error.type'];
const transportLabels = ['network.transport', 'network.protocol.name', 'server.address', 'server.port'];
/** Every label an instrument can have; the library wants them named beforehand. */
const labelsOf: Readonly<Record<string, readonly string[]>> = {
  'mcp.server.operation.duration': [...callLabels, ...transportLabels],
  'mcp.client.operation.duration': [...callLabels, ...transportLabels],
  'scopegate.calls': [
    'scopegate.outcome',
    'scopegate.effect',
    'scopegate.risk.tier',
    'scopegate.agent.name',
    'scopegate.server.id',
  ],
  'scopegate.approval.wait': ['scopegate.reason', 'scopegate.risk.tier'],
  'scopegate.audit.entries': ['scopegate.event'],
};

interface Book {
  registry: Registry;
  observe(row: AuditRow): void;
  waiting: Gauge;
  lastSeq: Gauge;
  behind: Gauge;
}

/**
 * The figures Prometheus fetches: counted from the rows of the audit log when they are asked for, since this engine
 * began to count. Nothing is counted on the path of a call.
 */
export class ScrapeBook {
  readonly #ports: Ports;
  #book: Promise<Book> | null = null;
  #readThrough: number;
  #turn: Promise<void> = Promise.resolve();

  /** @param from the last row that does not count any more */
  constructor(ports: Ports, from: number) {
    this.#ports = ports;
    this.#readThrough = from;
  }

  /** The text of the exposition format, and its media type. One reader after the other. */
  render(): Promise<{ text: string; contentType: string }> {
    const rendered = this.#turn.then(() => this.#render());
    this.#turn = rendered.then(
      () => undefined,
      () => undefined,
    );
    return rendered;
  }

  async #render(): Promise<{ text: string; contentType: string }> {
    this.#book ??= openBook(this.#ports);
    const book = await this.#book;
    for (;;) {
      const rows = this.#ports.rowsAfter(this.#readThrough, rowsPerStep);
      for (const row of rows) book.observe(row);
      this.#readThrough = rows.at(-1)?.seq ?? this.#readThrough;
      if (rows.length < rowsPerStep) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { approvalsWaiting, lastSeq, behind } = this.#ports.gauges();
    book.waiting.set(approvalsWaiting);
    book.lastSeq.set(lastSeq);
    book.behind.reset();
    for (const { signal, entries } of behind) book.behind.set({ signal }, entries);
    return { text: await book.registry.metrics(), contentType: book.registry.contentType };
  }
}

async function openBook({ view, version }: Ports): Promise<Book> {
  // a module of CommonJS: by its default export, whatever the loader makes of its names
  const { default: client } = await import('prom-client');
  const registry = new client.Registry();
  const registers = [registry];
  const meters = new Map<string, Counter | Histogram>();
  for (const instrument of instruments) meters.set(instrument.name, makeMeter(client, instrument, registers));
  const info = new client.Gauge({
    name: 'scopegate_build_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers,
  });
  info.set({ version }, 1);
  return {
    registry,
    observe(row) {
      for (const { instrument, attributes, value } of describeMeasurements(row, view())) {
        const meter = meters.get(instrument.name);
        const labels = Object.fromEntries(
          Object.entries(attributes).map(([name, text]) => [toPrometheus(name), String(text)]),
        );
        if (meter === undefined) continue;
        if ('observe' in meter) meter.observe(labels, value);
        else meter.inc(labels, value);
      }
    },
    waiting: new client.Gauge({
      name: 'scopegate_approvals_waiting',
      help: 'Questions that wait for a person.',
      registers,
    }),
    lastSeq: new client.Gauge({ name: 'scopegate_audit_last_entry', help: 'Number of the newest entry.', registers }),
    behind: new client.Gauge({
      name: 'scopegate_telemetry_behind_entries',
      help: 'Entries that wait to be exported.',
      labelNames: ['signal'],
      registers,
    }),
  };
}

function makeMeter(
  client: typeof import('prom-client'),
  { name, kind, unit, description }: Instrument,
  registers: Registry[],
): Counter | Histogram {
  const labelNames = (labelsOf[name] ?? []).map(toPrometheus);
  const base = { help: description, labelNames, registers };
  if (kind === 'counter') return new client.Counter({ ...base, name: `${toPrometheus(name)}_total` });
  const suffix = unit === 's' ? '_seconds' : '';
  return new client.Histogram({ ...base, name: `${toPrometheus(name)}${suffix}`, buckets: [...durationBounds] });
}

function toPrometheus(name: string): string {
  return name.replaceAll('.', '_');
}
