import type { KeyObject } from 'node:crypto';
import type { EngineStatus, ListenerFault } from '../shared/index.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { type AgentListener, type DownstreamPorts, ListenerError } from './downstream/contract.ts';
import { listenForAgents } from './downstream/listener.ts';
import type { AgentIdentity, Caller, ExchangeHandler } from './exchange.ts';
import { describeGateway } from './pipeline/gateway-hello.ts';
import { mayGoOn, type NoticePorts, passNotice } from './pipeline/notices.ts';
import type { PipelinePorts } from './pipeline/ports.ts';
import { type FollowTask, makeTaskNews } from './pipeline/task-news.ts';
import type { ToolLists } from './pipeline/tool-lists.ts';
import type { EnginePorts } from './ports.ts';
import { isObject } from './wire/parse-message.ts';

const listChangedAfterMs = 50;

/** The lists of an agent as texts to compare, by server; '' is the gateway's own path. */
interface Shown {
  tools: Map<string, string>;
  prompts: Map<string, string>;
  resources: Map<string, string>;
}

interface Ports {
  ports: EnginePorts;
  agents: AgentRegistry;
  lists: ToolLists;
  pipeline: PipelinePorts;
  notices: NoticePorts;
  stateKey: KeyObject;
  handle: ExchangeHandler;
  onSessions(agentId: string): void;
  /** A connection of this agent came up. */
  onConnection(agent: AgentIdentity, caller: Caller): void;
  /** The listener came up, went away or cannot come up. */
  onChanged(): void;
}

/** Owner of the agents' listener: opens and moves it, and tells agents when their list of tools changed. */
export class AgentsSide {
  readonly #ports: Ports;
  readonly #followTask: FollowTask;
  #listener: AgentListener | null = null;
  #fault: ListenerFault | null = null;
  #port = 0;
  /** What each agent with a session was last shown or told about. */
  readonly #shown = new Map<string, Shown>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#followTask = makeTaskNews(ports.pipeline);
  }

  get listener(): AgentListener | null {
    return this.#listener;
  }

  status(): Pick<EngineStatus, 'mcpUrl' | 'port' | 'listenerFault'> {
    return {
      mcpUrl: this.#listener?.url ?? null,
      port: this.#listener?.port ?? this.#port,
      listenerFault: this.#fault,
    };
  }

  /** Opens the listener on this port, 0 for any; a fault is kept for the UI and the old listener stays closed. */
  async open(port: number): Promise<void> {
    await this.#listener?.close();
    this.#listener = null;
    this.#port = port;
    try {
      this.#listener = await listenForAgents(this.#downstream(), port);
      this.#fault = null;
    } catch (error) {
      if (!(error instanceof ListenerError)) throw error;
      this.#fault = error.fault;
      this.#ports.ports.log.error('the agents’ listener could not be opened', { port, code: error.fault.code });
    }
    this.#ports.onChanged();
  }

  /** Policy or catalog changed: agents whose list differs are told, once things are quiet. */
  listsChanged(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#tellChanged();
    }, listChangedAfterMs);
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#listener?.close();
    this.#listener = null;
  }

  /** A server said that its prompts or resources changed; `owner`: the agent on whose own link, null: the shared one. */
  serverListChanged(serverId: string, owner: string | null, kind: 'prompts' | 'resources'): void {
    const { visibility } = this.#ports.pipeline;
    for (const agent of this.#ports.agents.all()) {
      if ((owner === null || owner === agent.id) && visibility.isOpen(agent.id, serverId))
        this.#listener?.notify(agent.id, `notifications/${kind}/list_changed`, {}, undefined, [serverId]);
    }
  }

  #tellChanged(): void {
    for (const agent of this.#ports.agents.all()) {
      if (!this.#listener?.sessionCount(agent.id)) {
        this.#shown.delete(agent.id);
        continue;
      }
      const before = this.#shown.get(agent.id);
      const now = this.#fingerprint(agent.id);
      this.#shown.set(agent.id, now);
      for (const kind of ['tools', 'prompts', 'resources'] as const) {
        const changed = changedServers(before?.[kind] ?? new Map(), now[kind]);
        if (changed.length > 0)
          this.#listener.notify(agent.id, `notifications/${kind}/list_changed`, {}, undefined, changed);
      }
    }
  }

  /** Tools are compared as listed; of prompts and resources only the servers that have some are known without asking. */
  #fingerprint(agentId: string): Shown {
    const { lists, pipeline } = this.#ports;
    const open = pipeline.visibility.open(agentId, null);
    const having = (capability: 'prompts' | 'resources') =>
      new Map(
        open
          .filter(({ id }) => pipeline.facts(id)?.hello?.capabilities[capability] !== undefined)
          .map(({ id }) => [id, capability]),
      );
    return { tools: lists.fingerprints(agentId), prompts: having('prompts'), resources: having('resources') };
  }

  /** What is noted of an agent beside its requests: none of them depends on it. */
  #attempt(step: string, note: () => void): void {
    try {
      note();
    } catch (error) {
      this.#logFault(step, error);
    }
  }

  #logFault(step: string, error: unknown): void {
    const message = error instanceof Error ? error.message : 'unknown';
    this.#ports.ports.log.error('the coming or going of an agent could not be noted', { step, error: message });
  }

  #downstream(): DownstreamPorts {
    const { ports, agents, handle, lists, pipeline, notices, stateKey, onSessions, onConnection } = this.#ports;
    return {
      clock: ports.clock,
      log: ports.log,
      version: ports.version,
      stateKey,
      authenticate: (token) => {
        const agent = agents.authenticate(token);
        if (agent) this.#attempt('seen', () => agents.seen(agent.id));
        return agent;
      },
      onConnection: (agent, caller) => this.#attempt('connection', () => onConnection(agent, caller)),
      handle,
      hasServer: (agent, serverId) => pipeline.visibility.seen(agent.id, serverId).length > 0,
      hello: async (agent, scope, era) => {
        await pipeline.firstSync(new AbortController().signal, { scope, kind: 'list' });
        const servers = pipeline.visibility.seen(agent.id, scope);
        return describeGateway(servers, pipeline.facts, scope !== null, era);
      },
      toolSchema: (agent, scope, name) => {
        const schema = lists.find(agent.id, scope, name)?.definition.inputSchema;
        return isObject(schema) ? schema : null;
      },
      followTask: this.#followTask,
      mayResume: (agent, scope, method, params) => mayGoOn(pipeline, agent, scope, method, params),
      onNotification: (agent, _session, scope, method, params) => passNotice(notices, agent, scope, method, params),
      onSessionOpened: (agent, session) => {
        this.#attempt('session', () => agents.sessionOpened(agent.id, session));
        pipeline.sessions.opened(agent.id, session);
        if (!this.#shown.has(agent.id)) this.#shown.set(agent.id, this.#fingerprint(agent.id));
        onSessions(agent.id);
      },
      onSessionEnded: (agent, session) => {
        pipeline.sessions.ended(agent.id, session);
        pipeline.subscriptions.end(agent.id, session).catch((error: unknown) => {
          this.#logFault('subscriptions', error);
        });
        onSessions(agent.id);
      },
    };
  }
}

/** Servers whose part of a list came, went or changed; '' where only the gateway's own list did. */
function changedServers(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
}
