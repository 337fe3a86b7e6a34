import { createHash } from 'node:crypto';
import type { TelemetryField } from '../../shared/telemetry.ts';
import type { AuditRow } from '../store/contract.ts';

/** Attributes as OpenTelemetry has them; what is null is left out before. */
export type Attributes = Record<string, string | number | boolean>;

/** What may leave of each row, and what the rows alone do not tell. */
export interface RowView {
  fields: ReadonlySet<TelemetryField>;
  /** How a server is reached now; null: it is not there any more. */
  serverAddress(serverId: string): ServerAddress | null;
}
/** `pipe`: a program; `tcp`: over HTTP, with its host and port. */
export type ServerAddress = { transport: 'pipe' } | { transport: 'tcp'; address: string; port: number };

/** Requests other than `tools/call` that stand in the log as their method and target. */
const methods = new Set([
  'prompts/get',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/cancel',
  'subscriptions/listen',
]);

/** The MCP method of a call, and the tool or prompt it is about. A name of a tool never begins with `method `. */
export function targetOf({ tool }: AuditRow): { method: string; target: string | null } {
  const [method = '', ...rest] = (tool ?? '').split(' ');
  if (methods.has(method)) return { method, target: rest.join(' ') || null };
  return { method: 'tools/call', target: tool };
}

/** Outcomes by which a call counts as failed; the value is the class of the error, with few different ones. */
export function errorTypeOf({ outcome, reasonCode }: AuditRow): string | null {
  if (outcome === null || outcome === 'ok') return null;
  // the convention's own value for a result with isError
  if (outcome === 'tool_error') return reasonCode === 'rpc_error' ? 'rpc_error' : 'tool_error';
  return outcome;
}

/**
 * The attributes of the MCP conventions of OpenTelemetry (docs/gen-ai/mcp.md; they are marked "Development" there),
 * as far as the log knows them. `jsonrpc.request.id`, `mcp.session.id` and `mcp.protocol.version` are not in the log.
 */
export function conventionAttributes(row: AuditRow, { fields }: RowView): Attributes {
  const { method, target } = targetOf(row);
  const error = errorTypeOf(row);
  const attributes: Attributes = { 'mcp.method.name': method };
  if (method === 'tools/call') attributes['gen_ai.operation.name'] = 'execute_tool';
  if (target !== null && fields.has('tool')) {
    if (method === 'tools/call') attributes['gen_ai.tool.name'] = target;
    if (method === 'prompts/get') attributes['gen_ai.prompt.name'] = target;
  }
  if (error !== null) attributes['error.type'] = error;
  return attributes;
}

/** Where the server is, for what is sent to it. */
export function peerAttributes({ serverId }: AuditRow, view: RowView): Attributes {
  const peer = serverId === null ? null : view.serverAddress(serverId);
  if (peer === null) return {};
  if (peer.transport === 'pipe') return { 'network.transport': 'pipe' };
  const named: Attributes = view.fields.has('server')
    ? { 'server.address': peer.address, 'server.port': peer.port }
    : {};
  return { 'network.transport': 'tcp', 'network.protocol.name': 'http', ...named };
}

interface Column {
  attribute: string;
  /** Null: always leaves. */
  field: TelemetryField | null;
  read(row: AuditRow): string | number | null;
}

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

/** ScopeGate's own attributes: every column of a row once, each behind the choice that lets it leave. */
const columns: readonly Column[] = [
  { attribute: 'scopegate.audit.seq', field: null, read: (row) => row.seq },
  { attribute: 'scopegate.event', field: null, read: (row) => row.event },
  { attribute: 'scopegate.actor', field: null, read: (row) => row.actor },
  { attribute: 'scopegate.call.id', field: null, read: (row) => row.callId },
  { attribute: 'scopegate.effect', field: null, read: (row) => row.effect },
  { attribute: 'scopegate.outcome', field: null, read: (row) => row.outcome },
  { attribute: 'scopegate.reason', field: null, read: (row) => row.reasonCode },
  { attribute: 'scopegate.risk.tier', field: null, read: (row) => row.riskTier },
  { attribute: 'scopegate.policy.version', field: null, read: (row) => row.policyVersion },
  { attribute: 'scopegate.rule.id', field: null, read: (row) => row.ruleId },
  { attribute: 'scopegate.approval.id', field: null, read: (row) => row.approvalId },
  { attribute: 'scopegate.result.bytes', field: null, read: (row) => row.resultBytes },
  { attribute: 'scopegate.duration_ms', field: null, read: (row) => row.durationMs },
  { attribute: 'scopegate.waited_ms', field: null, read: (row) => row.waitedMs },
  { attribute: 'scopegate.upstream_ms', field: null, read: (row) => row.upstreamMs },
  { attribute: 'scopegate.agent.id', field: 'agent', read: (row) => row.agentId },
  { attribute: 'scopegate.agent.name', field: 'agent', read: (row) => row.agentName },
  { attribute: 'scopegate.server.id', field: 'server', read: (row) => row.serverId },
  { attribute: 'scopegate.tool', field: 'tool', read: (row) => row.tool },
  { attribute: 'scopegate.subject', field: 'subject', read: (row) => row.subject },
  { attribute: 'user.name', field: 'user', read: (row) => row.osUser },
  { attribute: 'scopegate.process', field: 'process', read: (row) => json(row.process) },
  { attribute: 'scopegate.credential', field: 'credential', read: (row) => row.credential },
  { attribute: 'scopegate.arguments.digest', field: 'digests', read: (row) => row.argumentsDigest },
  { attribute: 'scopegate.result.digest', field: 'digests', read: (row) => row.resultDigest },
  { attribute: 'scopegate.audit.hash', field: 'digests', read: (row) => row.hash },
  { attribute: 'scopegate.details', field: 'details', read: (row) => json(row.details) },
  { attribute: 'scopegate.findings', field: 'details', read: (row) => json(row.findings) },
];

/** Everything of a row that may leave. */
export function rowAttributes(row: AuditRow, { fields }: RowView): Attributes {
  const attributes: Attributes = {};
  for (const { attribute, field, read } of columns) {
    if (field !== null && !fields.has(field)) continue;
    const value = read(row);
    if (value !== null) attributes[attribute] = value;
  }
  return attributes;
}

const endings = new Set(['call.settled', 'call.refused', 'call.recovered']);

/** True for the row a call ends with. */
export function isEnding({ event }: AuditRow): boolean {
  return endings.has(event);
}

/** 16 bytes, hex; the same for every row of a call, whenever and however often it is sent. */
export function traceIdOf(row: AuditRow): string {
  return digestHex(`trace ${row.callId ?? row.id}`, 32);
}

/** 8 bytes, hex. `part` tells the spans of one call apart. */
export function spanIdOf(row: AuditRow, part: string): string {
  return digestHex(`span ${row.callId ?? row.id} ${part}`, 16);
}

function digestHex(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
