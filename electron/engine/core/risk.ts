import { type Risk, type RiskReason, type RiskTier, riskTiers } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { findCurated } from './curated-tools.ts';

/** Verbs that tell a tool's tier by its name; whole words of the name only. */
const verbs: Record<Exclude<RiskTier, 'write'>, ReadonlySet<string>> = {
  read: new Set(
    'get list read search find fetch query describe show view lookup count stat status echo tree head tail browse snapshot screenshot'.split(
      ' ',
    ),
  ),
  publish: new Set(
    'send publish post release deploy merge pay buy purchase transfer invite share tweet email mail notify submit charge refund'.split(
      ' ',
    ),
  ),
  destructive: new Set(
    'delete remove drop destroy erase purge wipe truncate kill terminate revoke uninstall reset force overwrite clear'.split(
      ' ',
    ),
  ),
  secret: new Set(
    'exec execute run shell bash eval command sudo ssh spawn password secret token credential credentials key env'.split(
      ' ',
    ),
  ),
};
const writes = new Set(
  'create add write edit update set put insert append move rename copy upload save mkdir patch modify change open close start stop'.split(
    ' ',
  ),
);

const order = ['secret', 'destructive', 'publish', 'read'] as const;

/** What is known of the server a tool belongs to. */
export interface ServerFacts {
  /** The user marked it trusted. */
  trusted: boolean;
  /** The tool's definition is the one a person accepted. */
  reviewed: boolean;
  /** Names from its configuration: package, program, address. */
  identities?: readonly string[];
  /** The name it gives itself; may raise a tier, is never evidence that a tool only reads. */
  selfNames?: readonly string[];
  /** The tier the user set; nothing else counts then. */
  override?: RiskTier | null;
}

/**
 * Risk tier of a tool with every reason and its source: the user's own, else the maximum of our list, its name and its
 * annotations. Annotations are hints of an untrusted party: they raise the tier on any server and lower it only on a
 * server the user marked trusted whose definition is the reviewed one. No evidence at all means Write.
 */
export function classifyRisk(definition: JsonObject, server: ServerFacts): Risk {
  const risk = classifyByEvidence(definition, server);
  if (!server.override) return risk;
  const own: RiskReason = { tier: server.override, text: 'You set this tier', source: 'you' };
  return { tier: server.override, reasons: [own, ...risk.reasons], isOverridden: true };
}

function classifyByEvidence(definition: JsonObject, server: ServerFacts): Risk {
  const name = typeof definition.name === 'string' ? definition.name : '';
  const hints = readHints(definition.annotations);
  const believed = server.trusted && server.reviewed;
  const source = believed ? 'server, trusted' : 'server, not trusted';
  const listed = tierOfList(name, server);

  const reasons: RiskReason[] = listed ? [listed] : [];
  if (hints.readOnly === true && believed) {
    reasons.push({ tier: 'read', text: 'Server says it only reads', source });
    return { tier: highestTier(reasons.map((reason) => reason.tier)), reasons };
  }
  const byName = tierOfName(name);
  if (byName) reasons.push(byName);
  if (hints.destructive === true && hints.readOnly !== true)
    reasons.push({ tier: 'destructive', text: 'Server says it may destroy data', source });
  if (hints.readOnly === false) reasons.push({ tier: 'write', text: 'Server says it changes things', source });
  if (reasons.length === 0)
    reasons.push({ tier: 'write', text: 'Nothing tells that it only reads', source: 'no evidence' });
  const tier = highestTier(reasons.map((reason) => reason.tier));
  if (hints.readOnly === true) reasons.push({ tier: 'read', text: 'Server says it only reads', source });
  return { tier, reasons };
}

/** The most dangerous of some tiers; Read for none. */
export function highestTier(tiers: readonly RiskTier[]): RiskTier {
  return tiers.reduce<RiskTier>(
    (highest, next) => (riskTiers.indexOf(next) > riskTiers.indexOf(highest) ? next : highest),
    'read',
  );
}

/** A server can call itself anything: by its own name alone our list only raises. */
function tierOfList(name: string, server: ServerFacts): RiskReason | null {
  const configured = findCurated(server.identities ?? [], name);
  if (configured?.tier) return { tier: configured.tier, text: `Known tool of ${configured.name}`, source: 'our list' };
  const claimed = findCurated(server.selfNames ?? [], name);
  if (!claimed?.tier || claimed.tier === 'read') return null;
  return { tier: claimed.tier, text: `Known tool of ${claimed.name}`, source: 'our list, by the server’s own name' };
}

function tierOfName(name: string): RiskReason | null {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  for (const tier of order.slice(0, 3)) {
    const word = words.find((candidate) => verbs[tier].has(candidate));
    if (word) return { tier, text: `Name contains “${word}”`, source: 'name' };
  }
  const write = words.find((candidate) => writes.has(candidate));
  if (write) return { tier: 'write', text: `Name contains “${write}”`, source: 'name' };
  const read = words.find((candidate) => verbs.read.has(candidate));
  return read ? { tier: 'read', text: `Name contains “${read}”`, source: 'name' } : null;
}

function readHints(annotations: JsonValue | undefined): { readOnly: boolean | null; destructive: boolean | null } {
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations))
    return { readOnly: null, destructive: null };
  const flag = (value: JsonValue | undefined) => (typeof value === 'boolean' ? value : null);
  return { readOnly: flag(annotations.readOnlyHint), destructive: flag(annotations.destructiveHint) };
}
