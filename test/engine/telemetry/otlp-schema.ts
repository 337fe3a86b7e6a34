import { z } from 'zod';

/**
 * OTLP 1.x in its JSON form, as opentelemetry-proto defines it (trace.proto, metrics.proto, logs.proto, common.proto):
 * nothing unknown, nothing missing that carries meaning. Ids are hex, 64-bit numbers are strings of digits.
 */

const nanos = z.string().regex(/^\d{19}$/);
const bits64 = z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]);
const anyValue = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.number().int(), z.string().regex(/^-?\d+$/)]) }),
  z.strictObject({ doubleValue: z.number() }),
]);
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: anyValue }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'an attribute stands twice');
export type OtlpAttributes = z.infer<typeof attributes>;

const resource = z.strictObject({ attributes, droppedAttributesCount: z.literal(0) });
const scope = z.strictObject({ name: z.literal('scopegate'), version: z.string().min(1) });
const traceId = z.string().regex(/^(?!0+$)[0-9a-f]{32}$/);
const spanId = z.string().regex(/^(?!0+$)[0-9a-f]{16}$/);

const span = z
  .strictObject({
    traceId,
    spanId,
    parentSpanId: spanId.optional(),
    name: z.string().min(1),
    kind: z.number().int().min(1).max(3),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: z.literal(0),
    events: z.array(
      z.strictObject({ name: z.string(), timeUnixNano: nanos, attributes, droppedAttributesCount: z.literal(0) }),
    ),
    droppedEventsCount: z.literal(0),
    links: z.tuple([]),
    droppedLinksCount: z.literal(0),
    status: z.strictObject({ code: z.union([z.literal(0), z.literal(2)]), message: z.string().optional() }),
    flags: z.number().int(),
  })
  .refine((one) => BigInt(one.endTimeUnixNano) >= BigInt(one.startTimeUnixNano), 'it ends before it begins');
export type OtlpSpan = z.infer<typeof span>;

export const tracesRequest = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({ resource, scopeSpans: z.array(z.strictObject({ scope, spans: z.array(span).min(1) })) }),
  ),
});
export type TracesRequest = z.infer<typeof tracesRequest>;

const logRecord = z.strictObject({
  timeUnixNano: nanos,
  observedTimeUnixNano: nanos,
  severityNumber: z.number().int().min(1).max(24),
  severityText: z.string(),
  body: z.strictObject({ stringValue: z.string().min(1) }),
  eventName: z.string().startsWith('scopegate.'),
  attributes,
  droppedAttributesCount: z.literal(0),
  flags: z.number().int().optional(),
  traceId: traceId.optional(),
  spanId: spanId.optional(),
});
export const logsRequest = z.strictObject({
  resourceLogs: z.array(
    z.strictObject({
      resource,
      scopeLogs: z.array(z.strictObject({ scope, logRecords: z.array(logRecord).min(1) })),
    }),
  ),
});
export type LogsRequest = z.infer<typeof logsRequest>;

const time = { startTimeUnixNano: nanos, timeUnixNano: nanos };
const delta = z.literal(1);
const sum = z.strictObject({
  aggregationTemporality: delta,
  isMonotonic: z.literal(true),
  dataPoints: z.array(z.strictObject({ attributes, ...time, asInt: z.number().int().positive() })).min(1),
});
const histogram = z.strictObject({
  aggregationTemporality: delta,
  dataPoints: z
    .array(
      z
        .strictObject({
          attributes,
          ...time,
          count: bits64,
          sum: z.number(),
          min: z.number(),
          max: z.number(),
          bucketCounts: z.array(bits64),
          explicitBounds: z.array(z.number()),
        })
        .refine(
          (point) =>
            point.bucketCounts.length === point.explicitBounds.length + 1 &&
            point.bucketCounts.reduce<number>((all, count) => all + Number(count), 0) === Number(point.count),
          'the buckets do not add up',
        ),
    )
    .min(1),
});
const metric = z.union([
  z.strictObject({ name: z.string(), description: z.string().min(1), unit: z.string().min(1), sum }),
  z.strictObject({ name: z.string(), description: z.string().min(1), unit: z.string().min(1), histogram }),
]);
export const metricsRequest = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({ resource, scopeMetrics: z.array(z.strictObject({ scope, metrics: z.array(metric).min(1) })) }),
  ),
});
