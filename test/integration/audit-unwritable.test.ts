import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { verifyChain } from '../../electron/engine/store/audit-chain.ts';
import { openReader } from '../../electron/engine/store/reader.ts';
import { hasProgram } from '../helpers/electron-desktop.ts';
import { textOf, tokens } from '../helpers/engine.ts';
import { type Gateway, makeTempDir, openGateway, patient, waitForCall } from '../helpers/gateway.ts';

const everything = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'mcp-server-everything');
const config = {
  servers: { tools: { command: everything } },
  agents: { one: { token: 'env:ONE', default: 'allow', tools: { tools__echo: 'ask' } } },
};
const sum = { name: 'tools__get-sum', arguments: { a: 1, b: 2 } };

/** To the running gateway every further byte of a file is one too many, as on a full disk; `unlimited` mends it. */
function limitFiles(gateway: Gateway, bytes: '1' | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(gateway.run.child.pid), `--fsize=${bytes}:`]);
}

const stateOf = async ({ ui }: Gateway) => (await ui.request('snapshot', {})).engine;

describe('a gateway whose disk takes no more', () => {
  it('refuses every call, says why, and works again once it can write (security)', async (context) => {
    if (!hasProgram('prlimit')) return context.skip('needs prlimit (util-linux)');
    const dataDir = join(makeTempDir(), 'data');
    const gateway = await openGateway({ dataDir, config, env: { ONE: tokens.one } });
    const agent = await gateway.connect(tokens.one);
    expect(textOf(await agent.callTool(sum))).toContain('3');

    limitFiles(gateway, '1');
    for (const call of [sum, { name: 'tools__echo', arguments: { message: 'asked' } }]) {
      const refused = await agent.callTool(call);
      expect(refused.isError).toBe(true);
      expect(textOf(refused)).toBe('ScopeGate cannot write its audit log, so no call is made until that is mended.');
    }
    const degraded = await stateOf(gateway);
    expect(degraded.state).toBe('degraded');
    expect(degraded.degradedReason).toBeTruthy();
    expect((await gateway.ui.request('snapshot', {})).approvals).toEqual([]);
    const { calls } = await gateway.ui.request('snapshot', {});
    expect(calls.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['degraded', 'degraded']);

    limitFiles(gateway, 'unlimited');
    expect(textOf(await agent.callTool(sum))).toContain('3');
    expect(await stateOf(gateway)).toMatchObject({ state: 'running', degradedReason: null });
    expect(await gateway.stop()).toBe(0);
    const reader = openReader({ file: join(dataDir, 'scopegate.db') });
    expect(verifyChain(reader)).toMatchObject({ ok: true });
    expect(reader.settledCalls(null, 50).filter(({ outcome }) => outcome === 'ok')).toHaveLength(2);
    reader.close();
  });

  it('withholds a result whose outcome it cannot record, and calls it unknown (security)', async (context) => {
    if (!hasProgram('prlimit')) return context.skip('needs prlimit (util-linux)');
    const dataDir = join(makeTempDir(), 'data');
    const gateway = await openGateway({ dataDir, config, env: { ONE: tokens.one } });
    const agent = await gateway.connect(tokens.one);
    const isLong = ({ tool }: { tool: string }) => tool.startsWith('trigger');
    const running = agent.callTool({
      name: 'tools__trigger-long-running-operation',
      arguments: { duration: 1.5, steps: 1 },
    });
    await waitForCall(gateway.ui, (call) => isLong(call) && call.status === 'running');
    limitFiles(gateway, '1');
    const withheld = await running;
    expect(withheld.isError).toBe(true);
    expect(textOf(withheld)).toContain('could not be recorded, so the result is withheld');
    expect(await waitForCall(gateway.ui, isLong)).toMatchObject({ outcome: 'unknown' });
    limitFiles(gateway, 'unlimited');
    await gateway.kill();

    const next = await openGateway({ dataDir, config, env: { ONE: tokens.one } });
    await vi.waitFor(async () => expect((await stateOf(next)).recoveredCalls).toBe(1), patient);
    const { calls } = await next.ui.request('calls.older', { before: null, limit: 5 });
    expect(calls.find(isLong)).toMatchObject({ outcome: 'unknown' });
  });
});
