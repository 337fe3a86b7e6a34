import type { StdioTransport } from '../../shared/index.ts';
import type { Era } from '../exchange.ts';
import type { RawResponse } from '../wire/json-rpc.ts';
import { type EraFinding, judgeDiscovery } from './era-probe.ts';
import { cancelledFault } from './faults.ts';
import { initializeParams, readHello } from './handshake.ts';
import { createLegacyConversation, type LegacyConversation } from './legacy-conversation.ts';
import { LinkFault, type ServerHello } from './link.ts';
import { writeCancelled, writeNotification, writeRequest } from './messages.ts';
import { createModernConversation, type ModernRequest } from './modern-conversation.ts';
import { defaultInitializeMs, type OpenContext } from './open-context.ts';
import { hopMeta } from './request-meta.ts';
import { type LinkBody, makeLegacyLink, makeModernLink, type ServerLink } from './server-link.ts';
import { openStdioChannel, type StdioChannel } from './stdio-channel.ts';

/** Commands that may download a package before the server starts. */
const downloaders = new Set([
  'npx',
  'npm',
  'pnpm',
  'pnpx',
  'yarn',
  'bunx',
  'bun',
  'uvx',
  'uv',
  'pipx',
  'docker',
  'podman',
  'deno',
]);
const downloadInitializeMs = 120_000;
/** A server that says nothing to `server/discover` for so long is asked the old way too. */
const silenceMs = 5000;

/** How the first messages went. `again`: with a fresh process, whose era is known now. */
type Greeting = { kind: 'greeted'; era: Era; hello: ServerHello } | { kind: 'again'; as: Era };

interface Opening {
  channel: StdioChannel;
  legacy: LegacyConversation;
  context: OpenContext;
  timeoutMs: number;
}

/**
 * Starts a server and finds out its era: `server/discover` first, `initialize` when the answer is no modern one, when
 * there is none, or when the server ends over it (then with a fresh process). Throws a `LinkFault`; nothing of the
 * server runs on after that.
 */
export async function openStdioLink(transport: StdioTransport, context: OpenContext): Promise<ServerLink> {
  const timeoutMs = context.initializeTimeoutMs ?? chooseTimeout(transport, context);
  let known = context.knownEra;
  for (;;) {
    const channel = await openStdioChannel(transport, context);
    const legacy = createLegacyConversation(context, channel.pending, legacyChannel(channel));
    channel.reader = { receive: (line) => legacy.receive(line, null) };
    channel.closed.then(
      () => legacy.ended(),
      () => {},
    );
    if (known === context.knownEra) context.onStarted();
    try {
      const greeting = await greet({ channel, legacy, context, timeoutMs }, known);
      if (greeting.kind === 'greeted') {
        // A legacy server that was known is not proven again: the age of the verdict counts from its probe.
        if (greeting.era === 'modern' || context.knownEra !== 'legacy') context.onEra(greeting.era);
        return makeLink(greeting, channel, legacy, context);
      }
      known = greeting.as;
    } catch (error) {
      const fault = channel.explain(error);
      await channel.discard();
      throw fault;
    }
    await channel.discard();
    context.ring.beginRun();
  }
}

function chooseTimeout(transport: StdioTransport, context: OpenContext): number {
  const name = transport.command.split(/[\\/]/).pop() ?? '';
  if (!downloaders.has(name.replace(/\.(cmd|exe)$/i, '').toLowerCase())) return defaultInitializeMs;
  const seconds = downloadInitializeMs / 1000;
  context.ring.add(
    'gateway',
    `${name} may download the server first: waiting up to ${seconds} s for its first answer.`,
  );
  return downloadInitializeMs;
}

async function greet(opening: Opening, known: Era | null): Promise<Greeting> {
  if (known !== 'legacy') return discoverFirst(opening, known);
  try {
    return await initialize(opening);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // It answered and refused the handshake it once knew: perhaps it was replaced by a modern one.
    opening.context.onEraDoubt();
    const finding = await discover(opening, opening.timeoutMs);
    if (finding.kind === 'modern') return { kind: 'greeted', era: 'modern', hello: finding.hello };
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof LinkFault && error.kind === 'protocol';
}

async function discoverFirst(opening: Opening, known: Era | null): Promise<Greeting> {
  const { context, timeoutMs } = opening;
  const discovery = discover(opening, timeoutMs);
  let early: EraFinding | null;
  try {
    early = await withinSilence(discovery, known === 'modern' ? timeoutMs : Math.min(silenceMs, timeoutMs / 2));
  } catch (error) {
    // Some servers end over a request before `initialize`; only its own handshake shows whether this is one.
    if (known === null && isEndOver(error, opening)) return { kind: 'again', as: 'legacy' };
    if (known !== null) context.onEraDoubt();
    throw error;
  }
  if (early?.kind === 'modern') return { kind: 'greeted', era: 'modern', hello: early.hello };
  if (early?.kind === 'fault') throw early.fault;
  if (early?.kind === 'legacy') return initialize(opening);
  return initializeBeside(discovery, opening);
}

function isEndOver(error: unknown, { context }: Opening): boolean {
  return error instanceof LinkFault && error.kind === 'exited' && !context.signal.aborted;
}

/** Null: no answer yet. */
function withinSilence(discovery: Promise<EraFinding>, ms: number): Promise<EraFinding | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms);
    discovery.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * A silent server is either slow or one that drops what it does not know. Both questions stand now; a modern answer
 * that comes late is followed with a fresh process, because this one was asked for a legacy session.
 */
async function initializeBeside(discovery: Promise<EraFinding>, opening: Opening): Promise<Greeting> {
  const isModern = discovery.then(
    (finding) => finding.kind === 'modern',
    () => false,
  );
  const greeting = initialize(opening);
  const isLegacy = greeting.then(
    () => true,
    () => false,
  );
  const verdict = await Promise.race([
    isModern.then(async (modern) => (modern ? 'modern' : (await isLegacy) ? 'legacy' : 'neither')),
    isLegacy.then(async (legacy) => (legacy ? 'legacy' : (await isModern) ? 'modern' : 'neither')),
  ]);
  if (verdict === 'modern') return { kind: 'again', as: 'modern' };
  return greeting.catch((error: unknown) => {
    if (isEndOver(error, opening)) return { kind: 'again', as: 'legacy' };
    throw error;
  });
}

async function discover({ channel, context }: Opening, timeoutMs: number): Promise<EraFinding> {
  const params = { _meta: hopMeta(context.version, {}, null) };
  const response = await ask(channel, context, 'server/discover', params, timeoutMs);
  return judgeDiscovery(response, null, context.makeFault);
}

async function initialize({ channel, legacy, context, timeoutMs }: Opening): Promise<Greeting> {
  const params = initializeParams(context.version, context.user?.capabilities ?? {});
  const hello = readHello(await ask(channel, context, 'initialize', params, timeoutMs), context.makeFault);
  channel.write(writeNotification('notifications/initialized'));
  legacy.greeted(hello);
  return { kind: 'greeted', era: 'legacy', hello };
}

async function ask(
  channel: StdioChannel,
  context: OpenContext,
  method: string,
  params: ReturnType<typeof initializeParams>,
  timeoutMs: number,
): Promise<RawResponse> {
  if (context.signal.aborted) throw cancelledFault(context.makeFault);
  if (channel.over !== null) throw channel.over;
  const id = channel.pending.nextId();
  const answer = channel.pending.wait(id, { method, signal: context.signal, timeoutMs, call: null });
  channel.write(writeRequest(id, method, params));
  return answer;
}

function legacyChannel(channel: StdioChannel) {
  return {
    get over() {
      return channel.over;
    },
    sendRequest: (_id: number, text: string) => channel.write(text),
    sendNotice: (text: string) => channel.write(text),
  };
}

function makeLink(
  { era, hello }: Extract<Greeting, { kind: 'greeted' }>,
  channel: StdioChannel,
  legacy: LegacyConversation,
  context: OpenContext,
): ServerLink {
  const body: LinkBody = {
    hello,
    pid: channel.pid,
    startedAt: context.now(),
    closed: channel.closed,
    close: () => channel.close(),
  };
  if (era === 'modern') return makeModernStdioLink(hello, channel, context, body);
  return makeLegacyLink(legacy, body);
}

function makeModernStdioLink(
  hello: ServerHello,
  channel: StdioChannel,
  context: OpenContext,
  body: LinkBody,
): ServerLink {
  const write = (id: number, { method, params }: ModernRequest) => channel.write(writeRequest(id, method, params));
  const conversation = createModernConversation(context, hello, channel.pending, {
    get over() {
      return channel.over;
    },
    sendRequest: write,
    openListen(id, request) {
      write(id, request);
      return () => {
        if (channel.over === null) channel.write(writeCancelled(id, 'The subscription is over.'));
      };
    },
    sendNotice: (method, params) => channel.write(writeNotification(method, params)),
  });
  channel.reader = { receive: (line) => conversation.receive(line, null) };
  channel.closed.then(
    () => conversation.subscriptions.close(),
    () => {},
  );
  conversation.subscriptions.start();
  return makeModernLink(conversation, body);
}
