import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The official "everything" server over Streamable HTTP on any free port. The caller ends it. */
export async function startEverythingHttp(): Promise<{ url: string; stop(): void }> {
  const child = spawn(process.execPath, [`${root}node_modules/.bin/mcp-server-everything`, 'streamableHttp'], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      NODE_OPTIONS: `--import=${root}test/fakes/tell-port.mjs`,
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { url: `http://127.0.0.1:${port}/mcp`, stop: () => void child.kill('SIGKILL') };
}
