import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Gateway, startOpenGateway } from '../conformance/start-gateway.ts';
import { npmServer } from '../helpers/engine.ts';

const program = fileURLToPath(new URL('../../node_modules/.bin/mcp-inspector', import.meta.url));
const run = promisify(execFile);

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startOpenGateway({ every: npmServer('everything') }, ['inspector']);
}, 60_000);
afterAll(() => gateway.stop());

async function inspect(era: string, method: string, ...more: string[]): Promise<string> {
  const header = `Authorization: Bearer ${gateway.tokenOf('inspector')}`;
  const target = ['--cli', '--server-url', gateway.harness.url, '--transport', 'http', '--header', header];
  const request = ['--protocol-era', era, '--method', method, ...more, '--format', 'json'];
  const { stdout } = await run(process.execPath, [program, ...target, ...request], { maxBuffer: 16 * 1024 * 1024 });
  return JSON.stringify(JSON.parse(stdout));
}

describe.each(['legacy', 'auto', 'modern'])('the Inspector in its %s era', (era) => {
  it('lists and calls tools, lists resources and gets a prompt of a real server', async () => {
    expect(await inspect(era, 'tools/list')).toContain('"every__echo"');
    const called = await inspect(era, 'tools/call', '--tool-name', 'every__echo', '--tool-arg', 'message=hello');
    expect(called).toContain('Echo: hello');
    expect(await inspect(era, 'resources/list')).toContain('demo://');
    const prompt = await inspect(era, 'prompts/get', '--prompt-name', 'every__simple-prompt');
    expect(prompt).toContain('"messages"');
  }, 120_000);
});
