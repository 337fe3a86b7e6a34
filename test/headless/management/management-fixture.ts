import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import WebSocket from 'ws';
import {
  type ManagementListener,
  openManagementListener,
} from '../../../electron/headless/management/management-listener.ts';
import { createMemoryLog, createTestEngine, type TestEngine } from '../test-engine.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}
export interface Keys {
  /** As in a Cookie header. */
  cookie: string;
  secret: string;
}

/** A real listener over a small built renderer and an engine that only answers. */
export interface ManagementFixture {
  folder: string;
  engine: TestEngine;
  log: ReturnType<typeof createMemoryLog>;
  listener: ManagementListener;
  advance(ms: number): void;
  ask(method: string, target: string, headers?: Record<string, string | string[]>, body?: string): Promise<Reply>;
  login(token: string, headers?: Record<string, string>): Promise<Reply>;
  linkToken(): string;
  logIn(): Promise<Keys>;
  /** Resolves with the HTTP status when the upgrade is refused. */
  upgrade(headers: Record<string, string>, target?: string): Promise<WebSocket | number>;
  openSocket(headers: Record<string, string>): Promise<WebSocket>;
  /** A socket that has said hello. */
  openBridge(keys: Keys): Promise<WebSocket>;
  close(): Promise<void>;
}

export async function openManagement(): Promise<ManagementFixture> {
  const folder = mkdtempSync(path.join(tmpdir(), 'management-'));
  const rendererDir = writeRenderer(folder);
  let now = 1_000_000;
  const engine = createTestEngine();
  const log = createMemoryLog();
  const listener = await openManagementListener({ engine, clock: { now: () => now }, log, port: 0, rendererDir });

  const ask: ManagementFixture['ask'] = (method, target, headers = {}, body) =>
    askPort(listener.port, method, target, headers, body);
  const login: ManagementFixture['login'] = (token, headers = {}) =>
    ask('POST', '/login', { 'content-type': 'application/json', ...headers }, JSON.stringify({ token }));
  const linkToken = () => new URL(listener.createLoginLink().url).hash.slice('#login='.length);
  const upgrade: ManagementFixture['upgrade'] = (headers, target = '/bridge') =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${listener.port}${target}`, { headers });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => resolve(socket));
      socket.on('error', () => resolve(0));
    });
  const openSocket = async (headers: Record<string, string>) => {
    const socket = await upgrade(headers);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    return socket;
  };
  return {
    folder,
    engine,
    log,
    listener,
    advance: (ms) => {
      now += ms;
    },
    ask,
    login,
    linkToken,
    logIn: async () => {
      const reply = await login(linkToken());
      if (reply.status !== 200) throw new Error(`login: ${reply.status}`);
      const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
      return { cookie, secret: (JSON.parse(reply.text) as { secret: string }).secret };
    },
    upgrade,
    openSocket,
    openBridge: async (keys) => {
      const socket = await openSocket({ cookie: keys.cookie });
      const ready = nextMessage(socket);
      socket.send(JSON.stringify({ type: 'hello', secret: keys.secret }));
      const first = await ready;
      if (JSON.stringify(first) !== '{"type":"ready"}') throw new Error('not ready');
      return socket;
    },
    close: async () => {
      await listener.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const nextMessage = (socket: WebSocket) =>
  new Promise<unknown>((resolve) => socket.once('message', (data) => resolve(JSON.parse(String(data)))));
export const closed = (socket: WebSocket) =>
  new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));

/** The built page, beside things that must never be served. */
function writeRenderer(folder: string): string {
  const rendererDir = path.join(folder, 'renderer');
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>ScopeGate</title>');
  writeFileSync(path.join(rendererDir, 'assets', 'main-1.js'), 'export {};');
  writeFileSync(path.join(rendererDir, '.env'), 'KEY=1');
  writeFileSync(path.join(folder, 'secret.js'), 'outside');
  symlinkSync(path.join(folder, 'secret.js'), path.join(rendererDir, 'link.js'));
  return rendererDir;
}

/** node:http rather than fetch: fetch may not set Host, Origin or Cookie. */
function askPort(
  port: number,
  method: string,
  target: string,
  headers: Record<string, string | string[]>,
  body?: string,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path: target, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
