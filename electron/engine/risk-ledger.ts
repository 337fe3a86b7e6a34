import { type Risk, type RiskTier, riskTiers, type Transport } from '../shared/index.ts';
import { classifyRisk } from './core/risk.ts';
import type { StoreWriter, ToolRecord } from './store/contract.ts';

interface Ports {
  store: Pick<StoreWriter, 'toolTiers' | 'putToolTier' | 'riskOverrides'>;
  /** What the server called itself when it last connected. */
  selfNameOf(serverId: string): string | null;
  now(): number;
}

/** A server as far as its tools' tiers depend on it. */
export interface RatedServer {
  id: string;
  trusted: boolean;
  transport?: Transport;
}

export interface RatedTool {
  risk: Risk;
  /** When the tier last rose, milliseconds since the epoch; null: never. */
  tierRoseAt: number | null;
}

/**
 * Gives every tool its tier and remembers when it rose, over restarts: whatever was allowed before then is suspended for
 * that tool until a person confirms it.
 */
export class RiskLedger {
  readonly #ports: Ports;
  readonly #tiers = new Map<string, { tier: RiskTier; roseAt: number | null }>();
  #overrides = new Map<string, RiskTier>();

  constructor(ports: Ports) {
    this.#ports = ports;
    for (const { serverId, tool, tier, roseAt } of ports.store.toolTiers())
      this.#tiers.set(`${serverId}\0${tool}`, { tier, roseAt });
    this.readOverrides();
  }

  /** Takes over the tiers the user set; the caller has the tools rated again. */
  readOverrides(): void {
    this.#overrides = new Map(
      this.#ports.store.riskOverrides().map(({ serverId, tool, tier }) => [`${serverId}\0${tool}`, tier]),
    );
  }

  rate(server: RatedServer, record: Pick<ToolRecord, 'name' | 'definition'>, reviewed: boolean): RatedTool {
    const selfName = this.#ports.selfNameOf(server.id);
    const key = `${server.id}\0${record.name}`;
    const facts = {
      trusted: server.trusted,
      reviewed,
      identities: identitiesOf(server.transport),
      selfNames: selfName === null ? [] : [selfName],
      override: this.#overrides.get(key) ?? null,
    };
    // a definition nobody has looked at yet is not believed; that alone is no rise, the review asks anyway
    const settled = classifyRisk(record.definition, { ...facts, reviewed: true });
    const tierRoseAt = this.#note(key, server.id, record.name, settled.tier);
    return { risk: classifyRisk(record.definition, facts), tierRoseAt };
  }

  #note(key: string, serverId: string, tool: string, tier: RiskTier): number | null {
    const known = this.#tiers.get(key);
    if (known?.tier === tier) return known.roseAt;
    const rose = known !== undefined && riskTiers.indexOf(tier) > riskTiers.indexOf(known.tier);
    const roseAt = rose ? this.#ports.now() : (known?.roseAt ?? null);
    this.#tiers.set(key, { tier, roseAt });
    this.#ports.store.putToolTier({ serverId, tool, tier, roseAt });
    return roseAt;
  }
}

/** What the configuration itself says a server is: program, packages and address, never what the server says. */
export function identitiesOf(transport: Transport | undefined): string[] {
  if (!transport) return [];
  return transport.kind === 'http' ? [transport.url] : [transport.command, ...transport.args];
}
