import type { AuditRow } from '../store/contract.ts';
import { type Attributes, conventionAttributes, isEnding, peerAttributes, type RowView } from './row-facts.ts';

export interface Instrument {
  name: string;
  kind: 'counter' | 'histogram';
  /** Of UCUM, as OpenTelemetry writes it. */
  unit: string;
  description: string;
}

/** The boundaries the MCP conventions give for their durations, seconds. */
export const durationBounds: readonly number[] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];

const serverDuration: Instrument = {
  name: 'mcp.server.operation.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long agents waited for a call, the wait for a person included.',
};
const clientDuration: Instrument = {
  name: 'mcp.client.operation.duration',
  kind: 'histogram',
  unit: 's',
  description: 'How long servers took for a call, and agents for a server’s question.',
};
const calls: Instrument = {
  name: 'scopegate.calls',
  kind: 'counter',
  unit: '{call}',
  description: 'Calls that ended, by how.',
};
const approvalWait: Instrument = {
  name: 'scopegate.approval.wait',
  kind: 'histogram',
  unit: 's',
  description: 'How long questions waited for a person.',
};
const entries: Instrument = {
  name: 'scopegate.audit.entries',
  kind: 'counter',
  unit: '{entry}',
  description: 'Entries of the audit log.',
};
export const instruments: readonly Instrument[] = [serverDuration, clientDuration, calls, approvalWait, entries];

export interface Measurement {
  instrument: Instrument;
  /** 1 for a counter; seconds. */
  value: number;
  attributes: Attributes;
}

/** What one row of the log adds to the figures. */
export function describeMeasurements(row: AuditRow, view: RowView): Measurement[] {
  const all: Measurement[] = [{ instrument: entries, value: 1, attributes: { 'scopegate.event': row.event } }];
  const seconds = (instrument: Instrument, ms: number | null, attributes: Attributes) => {
    if (ms !== null) all.push({ instrument, value: Math.max(0, ms) / 1000, attributes });
  };
  if (row.event === 'approval.decided')
    seconds(
      approvalWait,
      row.waitedMs,
      pick({ 'scopegate.reason': row.reasonCode, 'scopegate.risk.tier': row.riskTier }),
    );
  if (row.event === 'ask.settled') seconds(clientDuration, row.durationMs, conventionAttributes(row, view));
  if (!isEnding(row)) return all;
  const common = conventionAttributes(row, view);
  seconds(serverDuration, row.durationMs, { ...common, 'network.transport': 'tcp', 'network.protocol.name': 'http' });
  seconds(clientDuration, row.upstreamMs, { ...common, ...peerAttributes(row, view) });
  const attributes = pick({
    'scopegate.outcome': row.outcome,
    'scopegate.effect': row.effect,
    'scopegate.risk.tier': row.riskTier,
    'scopegate.agent.name': view.fields.has('agent') ? row.agentName : null,
    'scopegate.server.id': view.fields.has('server') ? row.serverId : null,
  });
  all.push({ instrument: calls, value: 1, attributes });
  return all;
}

function pick(values: Record<string, string | null>): Attributes {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}
