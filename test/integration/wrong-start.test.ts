import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../headless/run-cli.ts';
import { startEngine } from '../helpers/engine.ts';
import { connectAgent, makeTempDir } from '../helpers/gateway.ts';

async function takePort(): Promise<{ port: number; free(): Promise<void> }> {
  const holder = createServer();
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port));
  });
  const free = () => new Promise<void>((resolve) => void holder.close(() => resolve()));
  onTestFinished(() => free());
  return { port, free };
}

describe('the agents’ port, when somebody else has it', () => {
  it('is not moved away from: the holder is named, another port offered, and taken only when told to', async () => {
    const taken = await takePort();
    const ports = { settings: { getPort: () => taken.port, setPort: () => {} } };
    const harness = await startEngine({ undeclared: true, ports, anyPort: false });
    onTestFinished(() => harness.stop());
    const { engine } = await harness.call('snapshot', {});
    expect(engine).toMatchObject({ state: 'no_listener', mcpUrl: null, port: taken.port });
    const fault = engine.listenerFault;
    expect(fault).toMatchObject({ code: 'port_taken', port: taken.port });
    if (process.platform === 'linux') expect(fault?.holder).toContain(`(pid ${process.pid})`);
    expect(fault?.freePort).not.toBeNull();
    expect(fault?.freePort).not.toBe(taken.port);

    await harness.call('engine.setPort', { port: fault?.freePort ?? 0 });
    expect((await harness.call('snapshot', {})).engine).toMatchObject({
      state: 'running',
      mcpUrl: `http://127.0.0.1:${fault?.freePort}/mcp`,
      listenerFault: null,
    });
  });

  it('is opened again on request once the other program has ended', async () => {
    const taken = await takePort();
    const ports = { settings: { getPort: () => taken.port, setPort: () => {} } };
    const harness = await startEngine({ undeclared: true, ports, anyPort: false });
    onTestFinished(() => harness.stop());
    const { token } = await harness.call('agents.create', { name: 'one', defaultEffect: 'ask' });
    await taken.free();
    await harness.call('engine.retryListener', {});
    const client = await connectAgent(`http://127.0.0.1:${taken.port}/mcp`, token);
    expect((await client.listTools()).tools).toEqual([]);
    await client.close();
  });
});

describe('a declared configuration with mistakes', () => {
  it('is refused whole, each mistake with its line and column, and nothing is started', async () => {
    const folder = makeTempDir();
    const file = join(folder, 'scopegate.yaml');
    const lines = [
      'port: 0',
      'servers:',
      '  files: { command: npx, args: [a], trustd: true }',
      'agents:',
      '  one:',
      '    token: "env:ONE"',
      '    defualt: ask',
      '  two: { token: "plain-token-in-the-file-plain-token-in-the-file" }',
      'colour: blue',
    ];
    writeFileSync(file, lines.join('\n'));
    const run = runCli(['serve', '--data-dir', join(folder, 'data'), '--config', file], { ONE: 'o'.repeat(40) });
    expect(await run.ended).toBe(1);
    expect(run.stdout()).toBe('');
    for (const [line, column, key] of [
      [3, 37, 'trustd'],
      [7, 5, 'defualt'],
      [9, 1, 'colour'],
    ]) {
      expect(run.stderr()).toContain(`${file}:${line}:${column}: unknown key "${key}"`);
    }
    expect(run.stderr()).toContain(`${file}:8:17: expected env:NAME or file:PATH`);
    expect(run.stderr()).not.toContain('plain-token');
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });
});
