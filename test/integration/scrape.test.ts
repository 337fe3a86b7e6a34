import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ManagementListener,
  openManagementListener,
} from '../../electron/headless/management/management-listener.ts';
import { declareAgent, fakeServer, type Harness, startEngine, tokens } from '../helpers/engine.ts';

let harness: Harness;
let ui: ManagementListener;
let folder: string;
const lines: string[] = [];

beforeEach(async () => {
  lines.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'scopegate-renderer-'));
  const keep = (message: string, fields?: object) => lines.push(JSON.stringify({ message, ...fields }));
  const log = { info: keep, warn: keep, error: keep };
  harness = await startEngine({
    servers: [{ id: 'notes', transport: fakeServer('stdio-server.mjs'), trusted: false }],
    agents: [declareAgent('Claude', tokens.one, { defaultEffect: 'allow' })],
    ports: { log },
  });
  const clock = { now: () => Date.now() };
  ui = await openManagementListener({ engine: harness.engine, clock, log, port: 0, rendererDir: folder });
});
afterEach(async () => {
  await ui.close();
  await harness.stop();
  rmSync(folder, { recursive: true });
});

const fetchFigures = async (token: string | null, path = 'metrics') => {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${ui.url}${path}`, { headers });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

/** The lines of the exposition format: comments, or a name, its labels and a number. */
const sample =
  /^[a-zA-Z_:][\w:]*(\{[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*")*\})? (\+Inf|[0-9.e+-]+)$/;
const comment = /^# (HELP|TYPE) [a-zA-Z_:][\w:]* .+$/;

describe('figures for Prometheus', () => {
  it('are counted from the log, in the exposition format', async () => {
    const { token } = await harness.call('telemetry.makeScrapeToken', {});
    const agent = await harness.connect(tokens.one);
    for (let count = 0; count < 3; count += 1) await agent.callTool({ name: 'notes__echo', arguments: { count } });
    const first = await fetchFigures(token);
    expect(first.status).toBe(200);
    expect(first.type).toContain('text/plain; version=0.0.4');
    for (const line of first.text.split('\n').filter((text) => text !== ''))
      expect(line.startsWith('#') ? comment.test(line) : sample.test(line), line).toBe(true);
    expect(first.text).toMatch(/^scopegate_calls_total\{.*scopegate_agent_name="Claude".*\} 3$/m);
    expect(first.text).toMatch(/^mcp_server_operation_duration_seconds_count\{.*gen_ai_tool_name="echo".*\} 3$/m);
    expect(first.text).toMatch(
      /^mcp_client_operation_duration_seconds_bucket\{.*le="\+Inf".*network_transport="pipe".*\} 3$/m,
    );

    await agent.callTool({ name: 'notes__echo', arguments: {} });
    expect((await fetchFigures(token)).text).toMatch(/^scopegate_calls_total\{.*\} 4$/m);
    expect((await harness.call('telemetry.state', {})).scrape.lastReadAt).not.toBeNull();
  });

  it('open only to their own token, which opens nothing else and is kept nowhere (security)', async () => {
    expect((await fetchFigures(null)).status).toBe(404);
    const { token } = await harness.call('telemetry.makeScrapeToken', {});
    for (const wrong of [null, '', 'x', tokens.one, `${token}x`, token.slice(0, -1)])
      expect((await fetchFigures(wrong)).status).toBe(401);
    for (const path of ['session', 'login-link', 'bridge', 'metrics/x'])
      expect((await fetchFigures(token, path)).status).not.toBe(200);
    const asAgent = await fetch(harness.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(asAgent.status).toBe(401);

    const { token: next } = await harness.call('telemetry.makeScrapeToken', {});
    expect((await fetchFigures(token)).status).toBe(401);
    expect((await fetchFigures(next)).status).toBe(200);
    await harness.call('telemetry.endScrapeToken', {});
    expect((await fetchFigures(next)).status).toBe(404);
    const told = JSON.stringify([lines, harness.events, await harness.call('telemetry.state', {})]);
    for (const secret of [token, next]) expect(told).not.toContain(secret);
  });

  it('answer no page of another origin (security)', async () => {
    const { token } = await harness.call('telemetry.makeScrapeToken', {});
    const headers = { authorization: `Bearer ${token}`, origin: 'https://example.com' };
    expect((await fetch(`${ui.url}metrics`, { headers })).status).toBe(403);
  });
});
