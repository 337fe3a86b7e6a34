import type { AuditRow } from '../store/contract.ts';
import {
  type Attributes,
  conventionAttributes,
  errorTypeOf,
  isEnding,
  peerAttributes,
  type RowView,
  rowAttributes,
  spanIdOf,
  targetOf,
  traceIdOf,
} from './row-facts.ts';

/** A span before it is given the shape of the packages. Times in milliseconds since the epoch, fractions included. */
export interface SpanFacts {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  /** `server`: what an agent asked of us; `client`: what we asked of a server or agent; `internal`: our own waiting. */
  kind: 'server' | 'client' | 'internal';
  startAt: number;
  endAt: number;
  /** Null: it went well. */
  error: string | null;
  attributes: Attributes;
  events: { name: string; at: number; attributes: Attributes }[];
}

/**
 * The spans that end with a row: one for a governed call, with children for the wait for a person and for the server;
 * one for a question of a server. Other rows end none.
 * @param rowsOf every row of a call that is still there, oldest first
 */
export function describeSpans(row: AuditRow, view: RowView, rowsOf: (callId: string) => AuditRow[]): SpanFacts[] {
  if (row.event === 'ask.settled') return [describeAsk(row, view)];
  if (!isEnding(row)) return [];
  const rows = row.callId === null ? [row] : rowsOf(row.callId).filter(({ seq }) => seq <= row.seq);
  const call = describeCall(row, rows, view);
  return [call, ...rows.flatMap((part) => describeWait(part, call, view)), ...describeUpstream(row, rows, call, view)];
}

function describeCall(row: AuditRow, rows: readonly AuditRow[], view: RowView): SpanFacts {
  const duration = row.durationMs ?? row.at - (rows[0]?.at ?? row.at);
  return {
    traceId: traceIdOf(row),
    spanId: spanIdOf(row, 'call'),
    parentSpanId: null,
    name: nameOf(row, view),
    kind: 'server',
    startAt: row.at - Math.max(0, duration),
    endAt: row.at,
    error: errorTypeOf(row),
    attributes: {
      ...rowAttributes(row, view),
      ...conventionAttributes(row, view),
      // the gateway is asked over HTTP only
      'network.transport': 'tcp',
      'network.protocol.name': 'http',
    },
    events: rows
      .filter(({ seq }) => seq !== row.seq)
      .map((part) => ({ name: `scopegate.${part.event}`, at: part.at, attributes: rowAttributes(part, view) })),
  };
}

/** The person's answer, as a span of the time they took. */
function describeWait(row: AuditRow, call: SpanFacts, view: RowView): SpanFacts[] {
  if (row.event !== 'approval.decided' || row.waitedMs === null) return [];
  return [
    {
      ...child(call, spanIdOf(row, `approval ${row.seq}`)),
      name: 'wait for approval',
      kind: 'internal',
      startAt: row.at - Math.max(0, row.waitedMs),
      endAt: row.at,
      error: null,
      attributes: rowAttributes(row, view),
    },
  ];
}

function describeUpstream(row: AuditRow, rows: readonly AuditRow[], call: SpanFacts, view: RowView): SpanFacts[] {
  if (row.upstreamMs === null) return [];
  const decided = rows.findLast(({ event }) => event === 'call.decided');
  const startAt = decided?.at ?? row.at - row.upstreamMs;
  return [
    {
      ...child(call, spanIdOf(row, 'upstream')),
      name: call.name,
      kind: 'client',
      startAt,
      endAt: startAt + row.upstreamMs,
      error: errorTypeOf(row),
      attributes: { ...conventionAttributes(row, view), ...peerAttributes(row, view), ...serverOf(row, view) },
    },
  ];
}

function describeAsk(row: AuditRow, view: RowView): SpanFacts {
  return {
    traceId: traceIdOf(row),
    spanId: spanIdOf(row, `ask ${row.seq}`),
    // of a question outside any call: nothing above it
    parentSpanId: row.callId === null ? null : spanIdOf(row, 'call'),
    name: nameOf(row, view),
    kind: 'client',
    startAt: row.at - Math.max(0, row.durationMs ?? 0),
    endAt: row.at,
    error: errorTypeOf(row),
    attributes: { ...rowAttributes(row, view), ...conventionAttributes(row, view) },
    events: [],
  };
}

function child(call: SpanFacts, spanId: string): Pick<SpanFacts, 'traceId' | 'spanId' | 'parentSpanId' | 'events'> {
  return { traceId: call.traceId, spanId, parentSpanId: call.spanId, events: [] };
}

/** `{mcp.method.name} {target}`, the target only where it is a tool's or prompt's name. */
function nameOf(row: AuditRow, { fields }: RowView): string {
  const { method, target } = targetOf(row);
  const isNamed = target !== null && fields.has('tool') && (method === 'tools/call' || method === 'prompts/get');
  return isNamed ? `${method} ${target}` : method;
}

function serverOf({ serverId }: AuditRow, { fields }: RowView): Attributes {
  return serverId !== null && fields.has('server') ? { 'scopegate.server.id': serverId } : {};
}
