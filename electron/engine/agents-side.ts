import type { EngineStatus, ListenerFault } from '../shared/index.ts';
import type { AgentRegistry } from './agent-registry.ts';
import { type AgentListener, type DownstreamPorts, ListenerError } from './downstream/contract.ts';
import { listenForAgents } from './downstream/listener.ts';
import type { ExchangeHandler } from './exchange.ts';
import type { ToolLists } from './pipeline/tool-lists.ts';
import type { EnginePorts } from './ports.ts';

const listChangedAfterMs = 50;

interface Ports {
  ports: EnginePorts;
  agents: AgentRegistry;
  lists: ToolLists;
  handle: ExchangeHandler;
  onSessions(agentId: string): void;
  /** The listener came up, went away or cannot come up. */
  onChanged(): void;
}

/** Owner of the agents' listener: opens and moves it, and tells agents when their list of tools changed. */
export class AgentsSide {
  readonly #ports: Ports;
  #listener: AgentListener | null = null;
  #fault: ListenerFault | null = null;
  #port = 0;
  /** What each agent with a session was last shown or told about. */
  readonly #shown = new Map<string, string>();
  #timer: NodeJS.Timeout | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
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

  #tellChanged(): void {
    for (const agent of this.#ports.agents.all()) {
      if (!this.#listener?.sessionCount(agent.id)) {
        this.#shown.delete(agent.id);
        continue;
      }
      const now = this.#ports.lists.fingerprint(agent.id);
      if (this.#shown.get(agent.id) === now) continue;
      this.#shown.set(agent.id, now);
      this.#listener.notify(agent.id, 'notifications/tools/list_changed');
    }
  }

  #downstream(): DownstreamPorts {
    const { ports, agents, handle, lists, onSessions } = this.#ports;
    return {
      clock: ports.clock,
      log: ports.log,
      version: ports.version,
      authenticate: (token) => {
        const agent = agents.authenticate(token);
        if (agent) agents.seen(agent.id);
        return agent;
      },
      handle,
      hello: () => ({ capabilities: { tools: { listChanged: true } }, instructions: null }),
      onSessionOpened: (agent, session) => {
        agents.sessionOpened(agent.id, session);
        if (!this.#shown.has(agent.id)) this.#shown.set(agent.id, lists.fingerprint(agent.id));
        onSessions(agent.id);
      },
      onSessionEnded: (agent) => onSessions(agent.id),
    };
  }
}
