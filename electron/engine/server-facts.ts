import type { Era } from './exchange.ts';
import type { KnownFacts } from './pipeline/gateway-hello.ts';
import type { ServerFacts, StoreWriter } from './store/contract.ts';
import type { ServerState, UpstreamPorts } from './upstream/contract.ts';
import type { ServerHello } from './upstream/link.ts';
import type { JsonObject } from './wire/json-rpc.ts';
import { isObject } from './wire/parse-message.ts';

type Facts = Omit<ServerFacts, 'hello'> & { hello: ServerHello | null };

/** What each server said of itself the last time it was connected, kept over restarts. */
export class ServerFactsBook {
  readonly #store: StoreWriter;
  readonly #known = new Map<string, Facts>();
  /** Where the pool keeps its verdicts on the era of a server. */
  readonly eras: UpstreamPorts['eras'] = {
    get: (serverId, configHash) => {
      const facts = this.#of(serverId);
      return facts.configHash === configHash ? facts.era : null;
    },
    set: (serverId, configHash, era) => {
      const before = this.#of(serverId);
      // another configuration is another server: what it has for whom is looked for again
      const conditionalTools = before.configHash === configHash ? before.conditionalTools : null;
      this.#put({ ...before, configHash, era, conditionalTools });
    },
  };

  constructor(store: StoreWriter) {
    this.#store = store;
  }

  of(serverId: string): KnownFacts | null {
    const { era, hello } = this.#of(serverId);
    return era === null && hello === null ? null : { era, hello };
  }

  /** Takes over what a connected server says; true when that is news. */
  follow(serverId: string, state: ServerState): boolean {
    if (state.hello === null) return false;
    const before = this.#of(serverId);
    const era: Era | null = state.era ?? before.era;
    if (era === before.era && JSON.stringify(before.hello) === JSON.stringify(state.hello)) return false;
    this.#put({ ...before, era, hello: state.hello });
    return true;
  }

  /** Tools a server has only for clients that can be asked something; null: it was never looked. */
  conditionalTools(serverId: string): readonly string[] | null {
    return this.#of(serverId).conditionalTools;
  }

  setConditionalTools(serverId: string, conditionalTools: string[]): void {
    this.#put({ ...this.#of(serverId), conditionalTools });
  }

  #of(serverId: string): Facts {
    const known = this.#known.get(serverId);
    if (known) return known;
    const stored = this.#store.serverFacts(serverId);
    const facts: Facts = {
      serverId,
      configHash: stored?.configHash ?? null,
      era: stored?.era ?? null,
      hello: readHello(stored?.hello ?? null),
      conditionalTools: stored?.conditionalTools ?? null,
    };
    this.#known.set(serverId, facts);
    return facts;
  }

  #put(facts: Facts): void {
    this.#known.set(facts.serverId, facts);
    this.#store.putServerFacts({ ...facts, hello: facts.hello && writeHello(facts.hello) });
  }
}

function writeHello({ protocolVersion, serverInfo, capabilities, instructions }: ServerHello): JsonObject {
  return { protocolVersion, serverInfo: { ...serverInfo }, capabilities, instructions };
}

/** Null for a row that is not one of ours any more. */
function readHello(stored: JsonObject | null): ServerHello | null {
  if (!stored) return null;
  const { protocolVersion, serverInfo, capabilities, instructions } = stored;
  if (typeof protocolVersion !== 'string' || !isObject(serverInfo) || !isObject(capabilities)) return null;
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    protocolVersion,
    serverInfo: { name: textOf(serverInfo.name), version: textOf(serverInfo.version) },
    capabilities,
    instructions: typeof instructions === 'string' ? instructions : null,
  };
}
