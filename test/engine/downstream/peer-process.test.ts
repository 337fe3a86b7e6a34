import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { skipShim } from '../../../electron/engine/downstream/own-shim.ts';
import { parseParent, parseTcpTable } from '../../../electron/engine/downstream/peer-linux.ts';
import { parseLsof, parsePs } from '../../../electron/engine/downstream/peer-macos.ts';
import { createPeers, type ProcessFacts } from '../../../electron/engine/downstream/peer-process.ts';
import { parseProcessList } from '../../../electron/engine/downstream/peer-windows.ts';

const ends = { peerPort: 52_011, ownPort: 7431 };
const agent = { id: 'a', name: 'A' };
const main = fileURLToPath(new URL('../../../electron/headless/main.ts', import.meta.url));
const socket = (remotePort: number) =>
  Object.assign(new EventEmitter(), { remotePort, localPort: 7431 }) as never as Socket;

describe('the tables of each system', () => {
  it('Linux: the peer’s own line is found, not ours, not another state', () => {
    const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
    const line = (local: string, remote: string, state: string, inode: number) =>
      `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 20 4 30 10 -1`;
    const ours = line('0100007F:1D07', '0100007F:CB2B', '01', 111);
    const closing = line('0100007F:CB2B', '0100007F:1D07', '06', 0);
    const elsewhere = line('0A01A8C0:CB2B', '0A01A8C0:1D07', '01', 333);
    const peer = line('0100007F:CB2B', '0100007F:1D07', '01', 222);
    expect(parseTcpTable([head, ours, closing, elsewhere, peer].join('\n'), ends)).toBe('222');
    expect(parseTcpTable([head, ours, closing, elsewhere].join('\n'), ends)).toBeNull();
    const mapped = line('0000000000000000FFFF00000100007F:CB2B', '0000000000000000FFFF00000100007F:1D07', '01', 444);
    expect(parseTcpTable(mapped, ends)).toBe('444');
    expect(parseTcpTable('', ends)).toBeNull();
  });

  it('Linux: a process cannot give itself another parent by its name (security)', () => {
    expect(parseParent('4711 (evil) S 1 (x) R 812 4711 1 0 -1')).toBe(812);
    expect(parseParent('4711 (node) S 812 4711 1 0 -1')).toBe(812);
    expect(parseParent('')).toBe(0);
  });

  it('macOS: the holder of the peer’s end, and its whole path', () => {
    const text = 'p812\nf31\nn127.0.0.1:7431->127.0.0.1:52011\np4711\nf23\nn127.0.0.1:52011->127.0.0.1:7431\n';
    expect(parseLsof(text, ends)).toBe(4711);
    expect(parseLsof('p812\nf31\nn127.0.0.1:7431->127.0.0.1:52011\n', ends)).toBeNull();
    expect(parsePs('  501 /Applications/My Agent.app/Contents/MacOS/My Agent\n')).toEqual({
      parent: 501,
      path: '/Applications/My Agent.app/Contents/MacOS/My Agent',
    });
    expect(parsePs('')).toEqual({ parent: 0, path: '' });
  });

  it('Windows: a list of processes, of one, and of one whose file is not told', () => {
    const claude = {
      ProcessId: 4711,
      ExecutablePath: 'C:\\Users\\me\\AppData\\claude.exe',
      CommandLine: '"C:\\Users\\me\\AppData\\claude.exe" --flag',
    };
    const system = { ProcessId: 4, ExecutablePath: null, CommandLine: null };
    const facts = { pid: 4711, path: 'C:\\Users\\me\\AppData\\claude.exe', words: [claude.ExecutablePath, '--flag'] };
    expect(parseProcessList(JSON.stringify([claude, system]))).toEqual([facts, { pid: 4, path: '', words: [] }]);
    expect(parseProcessList(`\ufeff${JSON.stringify(claude)}\r\n`)).toEqual([facts]);
    expect(parseProcessList('{"error":1}')).toEqual([]);
  });
});

describe('our own shim', () => {
  const node = (pid: number, ...words: string[]): ProcessFacts => ({
    pid,
    path: '/usr/bin/node',
    words: ['node', ...words],
  });
  const claude: ProcessFacts = { pid: 2, path: '/opt/claude', words: ['claude'] };
  const shell: ProcessFacts = { pid: 3, path: '/bin/bash', words: ['bash'] };

  it('is skipped for the program that started it', () => {
    const found = { pid: 2, path: '/opt/claude', parent: { pid: 3, path: '/bin/bash' } };
    expect(skipShim([node(1, main, 'connect', '--url', 'x'), claude, shell])).toEqual({
      ...found,
      throughConnect: true,
    });
    expect(skipShim([claude, shell])).toEqual({ ...found, throughConnect: false });
  });

  it('is not believed by its name, nor where it does not connect (security)', () => {
    for (const words of [
      ['/tmp/main.ts', 'connect'],
      ['main.ts', 'connect'],
      ['x', main, 'serve'],
      ['connect', main],
    ]) {
      expect(skipShim([node(1, ...words), claude])).toMatchObject({ path: '/usr/bin/node', throughConnect: false });
    }
  });

  it('nothing found is nothing shown', () => {
    expect(skipShim([])).toBeNull();
    expect(skipShim([{ pid: 1, path: '', words: [] }])).toBeNull();
  });
});

describe('one lookup for each connection', () => {
  it('is begun once for a socket, and told once', async () => {
    const asked: number[] = [];
    const told: string[] = [];
    const peers = createPeers(
      ({ id }) => told.push(id),
      async ({ peerPort }) => {
        asked.push(peerPort);
        return [{ pid: peerPort, path: '/opt/agent', words: [] }];
      },
    );
    const [one, two] = [socket(1), socket(2)];
    const callers = [peers.of(one, agent), peers.of(one, agent), peers.of(two, agent)];
    expect(callers.map((caller) => caller.current())).toEqual([null, null, null]);
    await Promise.all(callers.map((caller) => caller.ready()));
    expect(callers.map((caller) => caller.current()?.pid)).toEqual([1, 1, 2]);
    expect(asked).toEqual([1, 2]);
    expect(told).toEqual(['a', 'a']);
  });

  it('one that fails leaves the next its turn, and a flood is left unknown (security)', async () => {
    const { promise, resolve } = deferred();
    const peers = createPeers(
      () => {},
      async ({ peerPort }) => {
        await promise;
        if (peerPort === 1) throw new Error('no such program');
        return [{ pid: peerPort, path: '/opt/agent', words: [] }];
      },
    );
    const callers = Array.from({ length: 200 }, (_, at) => peers.of(socket(at + 1), agent));
    resolve();
    await Promise.all(callers.map((caller) => caller.ready()));
    expect(callers[0]?.current()).toBeNull();
    expect(callers[1]?.current()?.pid).toBe(2);
    expect(callers.at(-1)?.isSettled()).toBe(true);
    expect(callers.at(-1)?.current()).toBeNull();
  });
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
