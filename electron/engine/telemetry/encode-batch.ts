import { type HrTime, SpanKind, SpanStatusCode, TraceFlags, ValueType } from '@opentelemetry/api';
import {
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { TelemetrySignal } from '../../shared/telemetry.ts';
import type { AuditRow } from '../store/contract.ts';
import { describeMeasurements, durationBounds, type Instrument, instruments } from './describe-measurements.ts';
import { describeSpans, type SpanFacts } from './describe-spans.ts';
import { type Attributes, errorTypeOf, type RowView, rowAttributes, spanIdOf, traceIdOf } from './row-facts.ts';

/**
 * The one file that imports the packages of OpenTelemetry; it is loaded when something is to be sent. Rows take the shape
 * the packages' own SDKs make, and their serializers write OTLP. The SDKs themselves are not used: their queues live in
 * memory, and here the database is the queue.
 */

export interface BatchSource {
  rows: readonly AuditRow[];
  view: RowView;
  rowsOf(callId: string): AuditRow[];
  /** Who sends: `service.name` and its like. */
  resource: Attributes;
  version: string;
  /** Milliseconds since the epoch, when the rows are read for sending. */
  now: number;
}

/** What a collector answered to a batch it took. */
export interface Acceptance {
  /** Items it says it threw away. */
  rejected: number;
  message: string;
}

/** The body of one OTLP/HTTP request, and how many items are in it: not every row ends a span. */
export function encodeBatch(signal: TelemetrySignal, source: BatchSource): { body: Uint8Array; items: number } {
  const resource = resourceFromAttributes(source.resource);
  const scope = { name: 'scopegate', version: source.version };
  switch (signal) {
    case 'traces': {
      const spans = source.rows.flatMap((row) => describeSpans(row, source.view, source.rowsOf));
      return encode(JsonTraceSerializer, spans.length, () => spans.map((span) => toSpan(span, resource, scope)));
    }
    case 'logs':
      return encode(JsonLogsSerializer, source.rows.length, () =>
        source.rows.map((row) => toLogRecord(row, source, resource, scope)),
      );
    case 'metrics':
      return encode(JsonMetricsSerializer, source.rows.length, () => toMetrics(source, resource, scope));
  }
}

function encode<T>(
  serializer: ISerializer<T, unknown>,
  items: number,
  make: () => T,
): { body: Uint8Array; items: number } {
  const body = serializer.serializeRequest(make());
  if (body === undefined) throw new Error('the batch could not be written as OTLP');
  return { body, items };
}

/** Reads the answer to an accepted batch; an answer that is none counts as "took everything", as its status said. */
export function readAcceptance(signal: TelemetrySignal, body: Uint8Array): Acceptance {
  try {
    if (body.length === 0) return { rejected: 0, message: '' };
    const told = readPartial(signal, body);
    return { rejected: Math.max(0, Number(told.rejected ?? 0)) || 0, message: told.message ?? '' };
  } catch {
    return { rejected: 0, message: '' };
  }
}

function readPartial(signal: TelemetrySignal, body: Uint8Array): { rejected?: unknown; message?: string | undefined } {
  switch (signal) {
    case 'traces': {
      const told = JsonTraceSerializer.deserializeResponse(body).partialSuccess;
      return { rejected: told?.rejectedSpans, message: told?.errorMessage };
    }
    case 'logs': {
      const told = JsonLogsSerializer.deserializeResponse(body).partialSuccess;
      return { rejected: told?.rejectedLogRecords, message: told?.errorMessage };
    }
    case 'metrics': {
      const told = JsonMetricsSerializer.deserializeResponse(body).partialSuccess;
      return { rejected: told?.rejectedDataPoints, message: told?.errorMessage };
    }
  }
}

interface Scope {
  name: string;
  version: string;
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

function toSpan(facts: SpanFacts, resource: Resource, instrumentationScope: Scope): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, kind, startAt, endAt, error, attributes, events } = facts;
  const contextOf = (id: string) => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED });
  return {
    name,
    kind: kinds[kind],
    spanContext: () => contextOf(spanId),
    ...(parentSpanId === null ? {} : { parentSpanContext: contextOf(parentSpanId) }),
    startTime: toHrTime(startAt),
    endTime: toHrTime(endAt),
    duration: toHrTime(Math.max(0, endAt - startAt)),
    status: error === null ? { code: SpanStatusCode.UNSET } : { code: SpanStatusCode.ERROR, message: error },
    attributes,
    links: [],
    events: events.map((event) => ({ name: event.name, time: toHrTime(event.at), attributes: event.attributes })),
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** INFO and WARN of the log data model. */
const severities = { info: 9, warn: 13 } as const;

function toLogRecord(row: AuditRow, source: BatchSource, resource: Resource, scope: Scope): ReadableLogRecord {
  const severity = errorTypeOf(row) === null ? 'info' : 'warn';
  return {
    hrTime: toHrTime(row.at),
    hrTimeObserved: toHrTime(source.now),
    severityNumber: severities[severity],
    severityText: severity.toUpperCase(),
    body: row.event,
    eventName: `scopegate.${row.event}`,
    // `log.record.uid`: two records with the same are the same, so what was sent twice can be told
    attributes: { 'log.record.uid': row.id, ...rowAttributes(row, source.view) },
    ...(row.callId === null
      ? {}
      : {
          spanContext: { traceId: traceIdOf(row), spanId: spanIdOf(row, 'call'), traceFlags: TraceFlags.SAMPLED },
        }),
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
  };
}

interface Series {
  instrument: Instrument;
  attributes: Attributes;
  values: number[];
}

/** Deltas over exactly these rows: nothing has to be remembered between two batches, or over a restart. */
function toMetrics({ rows, view }: BatchSource, resource: Resource, scope: Scope): ResourceMetrics {
  const series = new Map<string, Series>();
  for (const row of rows) {
    for (const { instrument, attributes, value } of describeMeasurements(row, view)) {
      const key = `${instrument.name} ${JSON.stringify(attributes)}`;
      const known = series.get(key);
      if (known) known.values.push(value);
      else series.set(key, { instrument, attributes, values: [value] });
    }
  }
  const times = rows.map(({ at }) => at);
  const startTime = toHrTime(Math.min(...times));
  const endTime = toHrTime(Math.max(...times) + 1);
  const metrics = instruments.flatMap((instrument) => {
    const own = [...series.values()].filter((one) => one.instrument === instrument);
    return own.length === 0 ? [] : [toMetric(instrument, own, { startTime, endTime })];
  });
  return { resource, scopeMetrics: [{ scope, metrics }] };
}

function toMetric(
  { name, description, unit, kind }: Instrument,
  series: readonly Series[],
  time: { startTime: HrTime; endTime: HrTime },
): MetricData {
  const point = <T>({ attributes }: Series, value: T): DataPoint<T> => ({ ...time, attributes, value });
  const aggregationTemporality = AggregationTemporality.DELTA;
  if (kind === 'counter') {
    return {
      descriptor: { name, description, unit, valueType: ValueType.INT },
      aggregationTemporality,
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: series.map((one) => point(one, total(one.values))),
    };
  }
  return {
    descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: series.map((one) => point(one, toHistogram(one.values))),
  };
}

function toHistogram(values: readonly number[]): Histogram {
  const counts = new Array<number>(durationBounds.length + 1).fill(0);
  for (const value of values) {
    const place = durationBounds.findIndex((bound) => value <= bound);
    const index = place === -1 ? durationBounds.length : place;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return {
    buckets: { boundaries: [...durationBounds], counts },
    count: values.length,
    sum: total(values),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Seconds and nanoseconds; three decimals of a millisecond are kept. */
function toHrTime(ms: number): HrTime {
  const microseconds = Math.round(ms * 1000);
  const seconds = Math.floor(microseconds / 1_000_000);
  return [seconds, (microseconds - seconds * 1_000_000) * 1000];
}
