import { afterEach, describe, expect, it, vi } from 'vitest';
import { type TelemetryConfig, telemetryFields, telemetryOff } from '../../../electron/shared/index.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../../helpers/engine.ts';
import { type OtlpReceiver, startReceiver } from './otlp-receiver.ts';
import type { OtlpAttributes, OtlpSpan } from './otlp-schema.ts';

const patient = { timeout: 30_000, interval: 50 };
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function receive(port = 0): Promise<OtlpReceiver> {
  const receiver = await startReceiver(port);
  open.push({ stop: () => receiver.close() });
  return receiver;
}

async function gateway(ports: Parameters<typeof startEngine>[0] = {}): Promise<Harness> {
  const harness = await startEngine({
    servers: [{ id: 'notes', transport: fakeServer('stdio-server.mjs'), trusted: false }],
    agents: [declareAgent('Claude', tokens.one, { defaultEffect: 'allow', tools: { notes__fail: 'deny' } })],
    ...ports,
  });
  open.push(harness);
  return harness;
}

const configOf = (url: string, changes: Partial<TelemetryConfig> = {}): TelemetryConfig => ({
  ...telemetryOff,
  on: true,
  endpoint: url,
  ...changes,
});

const attributeOf = (attributes: OtlpAttributes, key: string): unknown => {
  const found = attributes.find((one) => one.key === key)?.value;
  return found === undefined ? undefined : Object.values(found)[0];
};
const spansOf = ({ traces }: OtlpReceiver): OtlpSpan[] =>
  traces.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((one) => one.spans)),
  );
const seqsOf = ({ logs }: OtlpReceiver): number[] =>
  logs.flatMap(({ resourceLogs }) =>
    resourceLogs.flatMap(({ scopeLogs }) =>
      scopeLogs.flatMap(({ logRecords }) =>
        logRecords.map(({ attributes }) => Number(attributeOf(attributes, 'scopegate.audit.seq'))),
      ),
    ),
  );

async function caughtUp({ call }: Harness): Promise<void> {
  await vi.waitFor(async () => {
    const { signals } = await call('telemetry.state', {});
    expect(signals.map(({ behind, problem }) => ({ behind, problem }))).toEqual(
      signals.map(() => ({ behind: 0, problem: null })),
    );
  }, patient);
}

describe('the export of the audit log', () => {
  it('sends every entry as OTLP a strict collector takes, with one span for each call', async () => {
    const collector = await receive();
    const harness = await gateway();
    await harness.call('telemetry.configure', { config: configOf(collector.url), from: 'beginning' });
    const agent = await harness.connect(tokens.one);
    await agent.callTool({ name: 'notes__echo', arguments: { text: 'hello' } });
    await agent.callTool({ name: 'notes__nothing', arguments: {} }).catch(() => undefined);
    await caughtUp(harness);

    expect(collector.complaints).toEqual([]);
    const calls = spansOf(collector).filter(({ kind }) => kind === 2);
    const call = calls.find(({ name }) => name === 'tools/call echo');
    if (call === undefined) throw new Error(`no span: ${calls.map(({ name }) => name)}`);
    expect(attributeOf(call.attributes, 'mcp.method.name')).toBe('tools/call');
    expect(attributeOf(call.attributes, 'gen_ai.operation.name')).toBe('execute_tool');
    expect(attributeOf(call.attributes, 'gen_ai.tool.name')).toBe('echo');
    expect(attributeOf(call.attributes, 'scopegate.agent.name')).toBe('Claude');
    expect(call.status.code).toBe(0);
    const upstream = spansOf(collector).find(({ parentSpanId }) => parentSpanId === call.spanId);
    expect(upstream).toMatchObject({ name: 'tools/call echo', kind: 3, traceId: call.traceId });
    expect(attributeOf(upstream?.attributes ?? [], 'network.transport')).toBe('pipe');
    const refused = calls.find(({ status }) => status.code === 2);
    expect(attributeOf(refused?.attributes ?? [], 'error.type')).toBe('not_found');
  });

  it('shows the wait for a person as a part of the call', async () => {
    const collector = await receive();
    const harness = await gateway({
      servers: [{ id: 'notes', transport: fakeServer('stdio-server.mjs'), trusted: false }],
      agents: [declareAgent('Claude', tokens.one, { defaultEffect: 'ask' })],
    });
    await harness.call('telemetry.configure', { config: configOf(collector.url), from: 'now' });
    const agent = await harness.connect(tokens.one);
    const reply = agent.callTool({ name: 'notes__echo', arguments: { text: 'hello' } });
    const card = await vi.waitFor(async () => {
      const { approvals } = await harness.call('snapshot', {});
      const [waiting] = approvals;
      if (!waiting) throw new Error('no card yet');
      return waiting;
    }, patient);
    const now = Date.now();
    await harness.call('approvals.decide', {
      ...{ id: card.id, digest: card.digest, verdict: 'approve', denyReason: null, denyNote: null, input: 'pointer' },
      ...{ shownAt: now - 1000, armedAt: now - 100 },
    });
    await reply;
    await caughtUp(harness);

    const call = spansOf(collector).find(({ name, kind }) => name === 'tools/call echo' && kind === 2);
    const wait = spansOf(collector).find(({ name }) => name === 'wait for approval');
    expect(wait?.parentSpanId).toBe(call?.spanId);
    expect(wait?.traceId).toBe(call?.traceId);
    expect(collector.complaints).toEqual([]);
    expect(JSON.stringify(collector.metrics)).toContain('scopegate.approval.wait');
  });

  it('accounts for every entry exactly once after the collector was away', async () => {
    const collector = await receive();
    const port = Number(new URL(collector.url).port);
    await collector.close();
    const harness = await gateway();
    await harness.call('telemetry.configure', { config: configOf(collector.url), from: 'beginning' });
    const agent = await harness.connect(tokens.one);
    for (let count = 0; count < 25; count += 1) await agent.callTool({ name: 'notes__echo', arguments: { count } });
    await vi.waitFor(async () => {
      const { signals } = await harness.call('telemetry.state', {});
      for (const { problem } of signals) expect(problem?.message).toContain('nobody listens there');
    }, patient);

    const back = await receive(port);
    await caughtUp(harness);
    const { signals } = await harness.call('telemetry.state', {});
    const end = signals.find(({ signal }) => signal === 'logs')?.sentThrough ?? 0;
    expect(end).toBeGreaterThan(50);
    expect(seqsOf(back)).toEqual(Array.from({ length: end }, (_, index) => index + 1));
    expect(signals.map(({ missed, rejected }) => missed + rejected)).toEqual([0, 0, 0]);
    expect(spansOf(back).filter(({ kind }) => kind === 2)).toHaveLength(25);
    expect(countOf(back, 'scopegate.audit.entries')).toBe(end);
  });

  it('answers calls while the collector never answers', async () => {
    const collector = await receive();
    collector.onRequest = () => true;
    const harness = await gateway();
    await harness.call('telemetry.configure', {
      config: configOf(collector.url, { signals: ['logs', 'metrics'] }),
      from: 'beginning',
    });
    await vi.waitFor(() => expect(collector.requests.length).toBeGreaterThan(0), patient);
    const agent = await harness.connect(tokens.one);
    for (let count = 0; count < 20; count += 1) {
      const { isError } = await agent.callTool({ name: 'notes__echo', arguments: { count } });
      expect(isError).not.toBe(true);
    }
    const { signals } = await harness.call('telemetry.state', {});
    expect(signals.every(({ sentThrough }) => sentThrough === 0)).toBe(true);
  });

  it('goes on after a restart where it stopped', async () => {
    const collector = await receive();
    const first = await gateway();
    await first.call('telemetry.configure', {
      config: configOf(collector.url, { signals: ['logs'] }),
      from: 'beginning',
    });
    await caughtUp(first);
    await first.engine.stop();
    const second = await gateway({ dir: first.dir });
    await caughtUp(second);
    const { signals } = await second.call('telemetry.state', {});
    expect(seqsOf(collector)).toEqual(Array.from({ length: signals[0]?.sentThrough ?? 0 }, (_, index) => index + 1));
  });

  it('lets out only what was chosen (security)', async () => {
    const collector = await receive();
    const harness = await gateway({
      servers: [{ id: 'notes', transport: fakeServer('stdio-server.mjs'), trusted: false }],
    });
    await harness.call('telemetry.configure', { config: configOf(collector.url, { fields: [] }), from: 'beginning' });
    const agent = await harness.connect(tokens.one);
    await agent.callTool({ name: 'notes__echo', arguments: { path: '/home/ann/very-private.txt' } });
    await caughtUp(harness);
    const all = collector.bodies.join('\n');
    expect(collector.complaints).toEqual([]);
    expect(all).toContain('call.settled');
    for (const secret of ['Claude', 'notes', 'echo', 'very-private', 'user.name', 'digest', tokens.one, 'details'])
      expect(all).not.toContain(secret);

    await harness.call('telemetry.configure', {
      config: configOf(collector.url, { fields: [...telemetryFields] }),
      from: 'beginning',
    });
    await caughtUp(harness);
    for (const told of ['Claude', 'notes', 'echo', 'very-private', 'user.name', 'scopegate.arguments.digest'])
      expect(collector.bodies.join('\n')).toContain(told);
    expect(collector.bodies.join('\n')).not.toContain(tokens.one);
  });

  it('sends header values by reference and shows them nowhere (security)', async () => {
    const collector = await receive();
    const lines: string[] = [];
    const keep = (message: string, fields?: object) => lines.push(JSON.stringify({ message, ...fields }));
    const harness = await gateway({
      ports: {
        env: { ...process.env, COLLECTOR_KEY: 'Bearer s3cret-of-the-collector' },
        log: { info: keep, warn: keep, error: keep },
      },
    });
    const config = configOf(collector.url, { headers: { authorization: 'env:COLLECTOR_KEY' } });
    await harness.call('telemetry.configure', { config, from: 'beginning' });
    await caughtUp(harness);
    expect(collector.requests.every(({ headers }) => headers.authorization === 'Bearer s3cret-of-the-collector')).toBe(
      true,
    );

    collector.onRequest = (request, response) => {
      response.writeHead(401).end(`wrong: ${request.headers.authorization}`);
      return true;
    };
    const tested = await harness.call('telemetry.test', { config });
    expect(tested.results.map(({ ok }) => ok)).toEqual([false, false, false]);
    const shown = JSON.stringify([tested, await harness.call('telemetry.state', {}), lines, collector.bodies]);
    expect(shown).not.toContain('s3cret');
    await expect(
      harness.call('telemetry.configure', {
        config: { ...config, headers: { authorization: 'Bearer s3cret' } },
        from: 'kept',
      }),
    ).rejects.toThrow();
  });

  it('follows no redirect, so that headers stay with their collector (security)', async () => {
    const other = await receive();
    const collector = await receive();
    collector.onRequest = ({ path }, response) => {
      response.writeHead(307, { location: `${other.url}${path}` }).end();
      return true;
    };
    const harness = await gateway();
    const { results } = await harness.call('telemetry.test', { config: configOf(collector.url) });
    expect(results.map(({ ok }) => ok)).toEqual([false, false, false]);
    expect(results[0]?.message).toContain('Redirects are not followed');
    expect(other.requests).toEqual([]);
  });

  it('sends nothing in the clear to another machine without consent (security)', async () => {
    const harness = await gateway();
    const config = configOf('http://collector.example.com:4318');
    await expect(harness.call('telemetry.configure', { config, from: 'now' })).rejects.toThrow('not encrypted');
    await expect(harness.call('telemetry.test', { config })).rejects.toThrow('not encrypted');
    for (const endpoint of ['http://127.0.0.1.example.com', 'ftp://127.0.0.1', 'https://ann:pw@example.com', 'x'])
      await expect(
        harness.call('telemetry.configure', { config: { ...config, endpoint }, from: 'now' }),
      ).rejects.toThrow();
    expect((await harness.call('telemetry.state', {})).config.on).toBe(false);
  });

  it('finds the one entry a collector cannot read, and waits for a person to leave it out', async () => {
    const collector = await receive();
    const harness = await gateway();
    const config = configOf(collector.url, { signals: ['logs'] });
    const refusing = { seq: 2 };
    collector.onRequest = (_, response) => {
      if (refusing.seq === 0) return false;
      response.writeHead(400).end();
      return true;
    };
    await harness.call('telemetry.configure', { config, from: 'beginning' });
    const stuckAt = await vi.waitFor(async () => {
      const [state] = (await harness.call('telemetry.state', {})).signals;
      expect(state?.stuckAt).toBe(1);
      return state?.stuckAt ?? 0;
    }, patient);
    refusing.seq = 0;
    await harness.call('telemetry.skip', { signal: 'logs', seq: stuckAt });
    await caughtUp(harness);
    const [state] = (await harness.call('telemetry.state', {})).signals;
    expect(seqsOf(collector)[0]).toBe(2);
    expect(state?.rejected).toBe(1);
  });

  it('counts what a collector took and threw away', async () => {
    const collector = await receive();
    const harness = await gateway();
    collector.onRequest = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ partialSuccess: { rejectedLogRecords: 3, errorMessage: 'too old' } }));
      return true;
    };
    const config = configOf(collector.url, { signals: ['logs'] });
    const { results } = await harness.call('telemetry.test', { config });
    expect(results[0]?.message).toContain('3 were thrown away: too old');
  });
});

/** The sum of a counter over everything a collector took. */
function countOf({ metrics }: OtlpReceiver, name: string): number {
  const requests = metrics as {
    resourceMetrics: { scopeMetrics: { metrics: { name: string; sum?: { dataPoints: { asInt: number }[] } }[] }[] }[];
  }[];
  return requests
    .flatMap(({ resourceMetrics }) =>
      resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics)),
    )
    .filter((metric) => metric.name === name)
    .flatMap((metric) => metric.sum?.dataPoints ?? [])
    .reduce((all, { asInt }) => all + asInt, 0);
}
