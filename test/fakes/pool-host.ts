// A host of a link pool that starts one stubborn server, prints its pid, and waits to be killed: `node pool-host.ts DATA_DIR`.
import { fileURLToPath } from 'node:url';
import { noCredentials } from '../../electron/engine/arming.ts';
import { createLinkPool } from '../../electron/engine/upstream/pool.ts';
import { createEchoGuard } from '../../electron/engine/wire/echo-guard.ts';

const [dataDir = ''] = process.argv.slice(2);
const log = { info: () => {}, warn: () => {}, error: () => {} };
const pool = createLinkPool({
  clock: { now: () => Date.now() },
  log,
  version: '0',
  dataDir,
  credentials: () => noCredentials,
  guard: createEchoGuard(),
  env: { PATH: process.env.PATH, SHLVL: '1' },
  launch: { refusalOf: () => null, sandboxOf: () => null },
  onStatus: () => {},
  onToolsChanged: () => {},
  onListChanged: () => {},
  onNotification: () => {},
  onAsk: async () => ({ kind: 'unsupported' }),
  eras: { get: () => null, set: () => {} },
});
const args = [fileURLToPath(new URL('./stdio-server.mjs', import.meta.url)), 'ignores-sigterm'];
pool.configure({
  id: 's',
  transport: { kind: 'stdio', command: process.execPath, args, cwd: null, env: {} },
  enabled: true,
});
const link = await pool.link('s', new AbortController().signal);
await link.request('tools/list', {}, 5000);
process.stdout.write(`${link.pid}\n`);
setInterval(() => {}, 1000);
