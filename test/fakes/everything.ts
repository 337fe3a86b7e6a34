import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Transport } from '../../electron/shared/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = path.join(root, 'node_modules/.bin/mcp-server-everything');

/** The official server-everything, over the transport a test wants. */
export async function everything(kind: 'stdio' | 'streamableHttp' | 'sse'): Promise<Transport> {
  if (kind === 'stdio') return { kind, command: bin, args: [], cwd: null, env: {} };
  const child = spawn(process.execPath, [bin, kind], {
    env: { PATH: process.env.PATH, PORT: '0', NODE_OPTIONS: `--import=${path.join(root, 'test/fakes/tell-port.mjs')}` },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout?.resume();
  const [port] = (await once(child, 'message')) as [number];
  return { kind: 'http', url: `http://127.0.0.1:${port}/${kind === 'sse' ? 'sse' : 'mcp'}`, headers: {} };
}
