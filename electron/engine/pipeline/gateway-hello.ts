import { capabilitiesOfAll, capabilitiesOfOne } from '../eras/capabilities.ts';
import type { Era } from '../exchange.ts';
import type { CatalogServer } from '../upstream/catalog.ts';
import type { ServerHello } from '../upstream/link.ts';
import type { JsonObject } from '../wire/json-rpc.ts';

/** What is known of a server, from its connection or from the last one it had. */
export interface KnownFacts {
  era: Era | null;
  hello: ServerHello | null;
}

export interface GatewayHello {
  capabilities: JsonObject;
  instructions: string | null;
}

/** Of one server among several, and of all together, in characters. */
const maxOwnInstructions = 4_000;
const maxInstructions = 16_000;

/**
 * What an agent is told of the servers it sees. Legacy agents hear it once, so a server that is down counts with what it
 * said the last time.
 */
export function describeGateway(
  servers: readonly CatalogServer[],
  factsOf: (serverId: string) => KnownFacts | null,
  isScoped: boolean,
  era: Era,
): GatewayHello {
  const known = servers.flatMap((server) => {
    const facts = factsOf(server.id);
    if (!facts?.hello) return [];
    return [{ name: server.name, era: facts.era ?? ('legacy' as const), ...facts.hello }];
  });
  const [only] = known;
  if (isScoped) {
    if (!only) return { capabilities: { tools: { listChanged: true } }, instructions: null };
    return { capabilities: capabilitiesOfOne(only, era), instructions: only.instructions };
  }
  return { capabilities: capabilitiesOfAll(known, era), instructions: mergeInstructions(known) };
}

/** Each server's own words under its name: an agent must not take one server's for another's. */
function mergeInstructions(servers: readonly { name: string; instructions: string | null }[]): string | null {
  const parts = servers.flatMap(({ name, instructions }) =>
    instructions?.trim() ? [`## ${name}\n\n${cut(instructions.trim(), maxOwnInstructions)}`] : [],
  );
  return parts.length === 0 ? null : cut(parts.join('\n\n'), maxInstructions);
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  // a cut between the halves of a surrogate pair would leave text that has no UTF-8 form
  return `${text.slice(0, length - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
