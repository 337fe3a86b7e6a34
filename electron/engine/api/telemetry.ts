import { checkEndpoint, type TelemetryConfig, type telemetryMethods } from '../../shared/telemetry.ts';
import { BridgeFault } from '../faults.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import type { EngineParts } from './context.ts';
import type { Handlers } from './handlers.ts';

export function makeTelemetryHandlers(parts: EngineParts): Pick<Handlers, keyof typeof telemetryMethods> {
  const { exporter, gate, lastScrapeAt } = parts.telemetry;
  const record = (event: string, details: JsonObject | null) => {
    if (parts.audit.append({ event, actor: 'person', details })) return;
    throw new BridgeFault(
      'unavailable',
      'The audit log cannot be written, so nothing was changed.',
      'Free disk space or mend the data folder.',
    );
  };
  return {
    'telemetry.state': () => ({
      ...exporter.state(),
      scrape: {
        // only the headless host has a listener of its own for people
        available: parts.ports.host === 'headless',
        tokenMadeAt: gate.madeAt,
        lastReadAt: lastScrapeAt(),
      },
    }),
    'telemetry.configure': async ({ config, from }) => {
      if (config.on) checkConfig(config, exporter.state().unsupported);
      record('telemetry.changed', describeChange(config, from));
      await exporter.configure(config, from);
      return {};
    },
    'telemetry.test': ({ config }) => {
      checkConfig(config, exporter.state().unsupported);
      return exporter.test(config);
    },
    'telemetry.skip': ({ signal, seq }) => {
      const stuck = exporter.state().signals.find((state) => state.signal === signal)?.stuckAt;
      if (stuck !== seq) throw new BridgeFault('stale', 'This entry no longer holds anything up.');
      record('telemetry.skipped', { signal, seq });
      exporter.skip(signal, seq);
      return {};
    },
    'telemetry.makeScrapeToken': () => {
      record('telemetry.token_made', null);
      return { token: gate.renew() };
    },
    'telemetry.endScrapeToken': () => {
      record('telemetry.token_ended', null);
      gate.end();
      return {};
    },
  };
}

/** Throws `BridgeFault` where nothing could be sent, or would travel in the clear without consent. */
function checkConfig(config: TelemetryConfig, unsupported: string | null): void {
  if (unsupported !== null) throw new BridgeFault('unavailable', unsupported);
  const endpoint = checkEndpoint(config.endpoint);
  if (!endpoint.ok) throw new BridgeFault('bad_request', endpoint.message);
  if (endpoint.isPlain && !config.plainAllowed)
    throw new BridgeFault(
      'bad_request',
      `Everything sent to ${endpoint.host} could be read on the way: the address is not encrypted.`,
      'Use https://, or agree to sending it in the clear.',
    );
  if (config.signals.length === 0)
    throw new BridgeFault('bad_request', 'Nothing is chosen to be sent.', 'Choose traces, metrics or logs.');
}

/** Names of headers only; where the values come from is nobody's business later either. */
function describeChange(
  { on, endpoint, headers, signals, fields, plainAllowed }: TelemetryConfig,
  from: string,
): JsonObject {
  return { on, endpoint, headers: Object.keys(headers), signals, fields, plainAllowed, from };
}
