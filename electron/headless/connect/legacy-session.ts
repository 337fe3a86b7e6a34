import type { JsonObject } from '../../engine/wire/json-rpc.ts';
import { isObject } from '../../engine/wire/parse-message.ts';
import { describeFailure, type Failure, writeFailure } from './failures.ts';
import type { GatewayDoor, HttpHead, HttpOutcome } from './gateway-door.ts';
import {
  type ClientLine,
  type MessagePart,
  readClientLine,
  readError,
  readParts,
  readResult,
} from './message-parts.ts';
import { openSessionStream } from './session-stream.ts';

/** What both eras' sides work with. */
export interface ConnectPorts {
  door: GatewayDoor;
  /** One message to the agent. */
  say(bytes: Buffer): void;
}

/** A session of the gateway; another one takes its place when the app was started anew. */
interface Session {
  id: string | null;
  version: string;
  /** Set once its GET stream is open. */
  closeStream: (() => void) | null;
}

const postHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const initializedLine = Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}');
/** They speak of a session that is gone. */
const notResent = new Set(['initialize', 'notifications/initialized', 'notifications/cancelled']);
const maxResumes = 20;

/**
 * The agent's session of the handshake eras. The agent has one for as long as this program runs; behind it there is a new one
 * of the gateway's whenever the gateway no longer knows the old one, opened with the agent's own `initialize`.
 */
export class LegacySession {
  readonly #ports: ConnectPorts;
  #hello: Buffer | null = null;
  #session: Session | null = null;
  #renewal: Promise<Failure | null> | null = null;
  #isReady = false;
  /** Questions of the gateway's present session that the agent has not answered: key → the id's own text. */
  readonly #asks = new Map<string, string>();
  readonly #running = new Set<string>();
  readonly #cancelled = new Set<string>();
  /** What the session was asked to remember, to be told again: the newest request of each kind. */
  readonly #remembered = new Map<string, Buffer>();
  #isOver = false;

  constructor(ports: ConnectPorts) {
    this.#ports = ports;
  }

  /** Resolves when the next line may go: a request is on its way, anything else has arrived. */
  async send(line: ClientLine): Promise<void> {
    const { only, parts } = line;
    const method = only?.part.method ?? null;
    if (method === 'initialize' && only?.part.kind === 'request') return this.#begin(line);
    if (only?.part.kind === 'response') {
      // One to a question of a session that is gone could be taken for the answer to another one.
      if (!this.#asks.delete(only.part.id?.key ?? '')) return;
    } else for (const part of parts) if (part.kind === 'response') this.#asks.delete(part.id?.key ?? '');
    if (method === 'notifications/cancelled') this.#markCancelled(only?.params ?? {});
    await this.#post(line, true);
    if (method === 'notifications/initialized') {
      this.#isReady = true;
      this.#openStream();
    }
  }

  /** Takes the session back, so that the gateway need not wait for an agent that is gone. */
  async end(): Promise<void> {
    this.#isOver = true;
    const session = this.#session;
    session?.closeStream?.();
    if (session === null || session.id === null) return;
    const headers = this.#headers(session);
    await new Promise<void>((resolve) => {
      const onOutcome = () => resolve();
      this.#ports.door.open({ method: 'DELETE', headers, body: null, awaited: new Set(), onMessage() {}, onOutcome });
    });
  }

  #begin(line: ClientLine): Promise<void> {
    this.#hello = line.bytes;
    this.#session?.closeStream?.();
    this.#session = null;
    this.#isReady = false;
    return new Promise((resolve) => {
      void this.#greet(line.bytes).then(({ response, failure }) => {
        if (response !== null) this.#ports.say(response);
        else if (failure !== null) this.#refuse(line, failure);
        resolve();
      });
    });
  }

  /** Sends the agent's `initialize`; a session stands after a result. */
  async #greet(hello: Buffer): Promise<{ response: Buffer | null; failure: Failure | null }> {
    const awaited = new Set(idsOf(readParts(hello) ?? []));
    let id: string | null = null;
    let response: Buffer | null = null;
    const outcome = await new Promise<HttpOutcome>((onOutcome) => {
      this.#ports.door.open({
        method: 'POST',
        headers: postHeaders,
        body: hello,
        awaited,
        onHead: (head) => {
          id = readHeader(head, 'mcp-session-id');
        },
        onMessage: (bytes, [part]) => {
          if (part?.kind === 'response') response = bytes;
          else this.#ports.say(bytes);
        },
        onOutcome,
      });
    });
    if (response === null && outcome.kind === 'status' && isAnswerTo(outcome.body, hello)) response = outcome.body;
    if (response === null) return { response, failure: describeFailure(outcome, this.#ports.door.address) };
    const version = readResult(response)?.protocolVersion;
    if (typeof version === 'string') this.#session = { id, version, closeStream: null };
    return { response, failure: null };
  }

  #post(line: ClientLine, mayRenew: boolean): Promise<void> {
    const session = this.#session;
    const awaited = new Set(idsOf(line.parts));
    for (const key of awaited) this.#running.add(key);
    const keys = [...awaited];
    return new Promise((resolve) => {
      this.#ports.door.open({
        method: 'POST',
        headers: { ...postHeaders, ...this.#headers(session) },
        body: line.bytes,
        awaited,
        onSent: () => {
          if (keys.length > 0) resolve();
        },
        onMessage: (bytes, parts) => this.#take(session, bytes, parts),
        onOutcome: (outcome) => {
          void this.#conclude(line, session, awaited, outcome, mayRenew).then(() => {
            for (const key of keys) this.#running.delete(key);
            resolve();
          });
        },
      });
    });
  }

  async #conclude(
    line: ClientLine,
    session: Session | null,
    awaited: Set<string>,
    outcome: HttpOutcome,
    mayRenew: boolean,
  ): Promise<void> {
    if (outcome.kind === 'read' && awaited.size === 0) return this.#remember(line);
    if (outcome.kind === 'status' && outcome.head.status === 404 && session !== null && mayRenew) {
      const failure = await this.#renew(session);
      if (failure !== null) return this.#refuse(line, failure, awaited);
      if (line.only !== null && (line.only.part.kind === 'response' || notResent.has(line.only.part.method ?? '')))
        return;
      return this.#post(line, false);
    }
    if (outcome.kind === 'status' && (isAnswerTo(outcome.body, line.bytes) || awaited.size === 0)) {
      if (awaited.size > 0 || line.parts.length === 0) this.#ports.say(outcome.body);
      return;
    }
    if (awaited.size === 0) return;
    if ((outcome.kind === 'read' || outcome.kind === 'network') && outcome.lastEventId !== null && session !== null) {
      return this.#resume(line, session, awaited, outcome.lastEventId, outcome.retryMs ?? 1000);
    }
    this.#refuse(line, describeFailure(outcome, this.#ports.door.address), awaited);
  }

  /** Asks for the rest of an answer whose stream the gateway ended, or lost (2025-11-25, polling). */
  async #resume(
    line: ClientLine,
    session: Session,
    awaited: Set<string>,
    place: string,
    waitMs: number,
  ): Promise<void> {
    let lastEventId = place;
    let outcome: HttpOutcome | null = null;
    for (let tries = 0; tries < maxResumes && !this.#isOver; tries++) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, 30_000)));
      outcome = await new Promise<HttpOutcome>((onOutcome) => {
        const headers = { ...this.#headers(session), accept: 'text/event-stream', 'last-event-id': lastEventId };
        const onMessage = (bytes: Buffer, parts: MessagePart[]) => this.#take(session, bytes, parts);
        this.#ports.door.open({ method: 'GET', headers, body: null, awaited, onMessage, onOutcome });
      });
      if (awaited.size === 0) return this.#remember(line);
      if (outcome.kind !== 'read') break;
      if (outcome.lastEventId !== null && outcome.lastEventId !== lastEventId) {
        lastEventId = outcome.lastEventId;
        tries = 0;
      }
    }
    // The stream is gone with its session: what became of the request is not known here.
    this.#refuse(line, describeFailure(lostStream, this.#ports.door.address), awaited);
  }

  /** A message of the gateway for the agent. One of a session that is gone is answered by nobody any more. */
  #take(session: Session | null, bytes: Buffer, parts: MessagePart[]): void {
    if (this.#isOver) return;
    for (const { kind, id } of parts) {
      if (kind === 'request' && id !== null && session === this.#session) this.#asks.set(id.key, id.text);
    }
    this.#ports.say(bytes);
  }

  /** Null: another session stands in for `old`. Single flight. */
  #renew(old: Session): Promise<Failure | null> {
    if (this.#session !== old) return Promise.resolve(null);
    this.#renewal ??= this.#openAnew(old).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  async #openAnew(old: Session): Promise<Failure | null> {
    const { response, failure } = await this.#greet(this.#hello ?? Buffer.alloc(0));
    if (failure !== null) return failure;
    const session = this.#session;
    const result = readResult(response ?? Buffer.alloc(0));
    if (session === null || session === old || result === null) {
      return {
        code: -32000,
        message: `ScopeGate refuses a new session: ${String(readError(response ?? Buffer.alloc(0))?.message)}`,
      };
    }
    if (session.version !== old.version) {
      this.#session = old;
      return {
        code: -32000,
        message: 'ScopeGate speaks another protocol version now. Start this MCP connection again.',
      };
    }
    old.closeStream?.();
    for (const text of this.#asks.values()) this.#ports.say(Buffer.from(withdrawn(text)));
    this.#asks.clear();
    await this.#tell(initializedLine);
    for (const bytes of this.#remembered.values()) await this.#tell(bytes);
    if (this.#isReady) this.#openStream();
    for (const line of describeChanges(result)) this.#ports.say(line);
    return null;
  }

  /** Sends without passing the answer on: the agent asked this of an earlier session and has its answer. */
  #tell(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const headers = { ...postHeaders, ...this.#headers(this.#session) };
      const awaited = new Set(idsOf(readParts(bytes) ?? []));
      const onOutcome = () => resolve();
      this.#ports.door.open({ method: 'POST', headers, body: bytes, awaited, onMessage() {}, onOutcome });
    });
  }

  #remember(line: ClientLine): void {
    const { part, params } = line.only ?? {};
    if (part?.method === 'logging/setLevel') this.#remembered.set('level', line.bytes);
    else if (part?.method === 'resources/subscribe') this.#remembered.set(`uri ${String(params?.uri)}`, line.bytes);
    else if (part?.method === 'resources/unsubscribe') this.#remembered.delete(`uri ${String(params?.uri)}`);
  }

  #markCancelled(params: JsonObject): void {
    const key = JSON.stringify(params.requestId ?? null);
    if (this.#running.has(key)) this.#cancelled.add(key);
  }

  #openStream(): void {
    const session = this.#session;
    if (session === null || session.closeStream !== null || this.#isOver) return;
    session.closeStream = openSessionStream(this.#ports.door, this.#headers(session), {
      onMessage: (bytes, parts) => this.#take(session, bytes, parts),
      onSessionUnknown: () => void this.#renew(session),
    });
  }

  /** Answers what is still open in this line. A cancelled request has no answer. */
  #refuse(line: ClientLine, failure: Failure, awaited = new Set(idsOf(line.parts))): void {
    for (const { kind, id } of line.parts) {
      if (kind !== 'request' || id === null || !awaited.has(id.key) || this.#cancelled.delete(id.key)) continue;
      if (!this.#isOver) this.#ports.say(writeFailure(id.text, failure));
    }
  }

  #headers(session: Session | null): Record<string, string> {
    if (session === null) return {};
    const own = session.id === null ? {} : { 'mcp-session-id': session.id };
    return { ...own, 'mcp-protocol-version': session.version };
  }
}

const lostStream: HttpOutcome = { kind: 'read', isAnswered: false, isStream: true, lastEventId: null, retryMs: null };

function idsOf(parts: readonly MessagePart[]): string[] {
  return parts.flatMap(({ kind, id }) => (kind === 'request' && id !== null ? [id.key] : []));
}

function isAnswerTo(body: Buffer, request: Buffer): boolean {
  const [answer] = readParts(body) ?? [];
  const { parts } = readClientLine(request);
  if (answer?.kind !== 'response') return false;
  return parts.length === 0 || idsOf(parts).includes(answer.id?.key ?? '');
}

function readHeader(head: HttpHead, name: string): string | null {
  const value = head.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function withdrawn(id: string): string {
  const reason = JSON.stringify('ScopeGate was started anew.');
  return `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":${reason}}}`;
}

/** What the agent listed may be old news after a restart. Only what was advertised may be announced. */
function describeChanges(hello: JsonObject): Buffer[] {
  const capabilities = isObject(hello.capabilities) ? hello.capabilities : {};
  return ['tools', 'prompts', 'resources'].flatMap((kind) => {
    const capability = capabilities[kind];
    if (!isObject(capability) || capability.listChanged !== true) return [];
    return [Buffer.from(JSON.stringify({ jsonrpc: '2.0', method: `notifications/${kind}/list_changed` }))];
  });
}
