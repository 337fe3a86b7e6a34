import { type Risk, type RiskReason, type RiskTier, riskTiers } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

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

/**
 * Risk tier of a tool with every reason and its source: the maximum of what its name and its annotations say.
 * Annotations are hints of an untrusted party: they raise the tier on any server and lower it only on a server the user
 * marked trusted whose definition is the reviewed one. No evidence at all means Write.
 */
export function classifyRisk(definition: JsonObject, server: { trusted: boolean; reviewed: boolean }): Risk {
  const reasons: RiskReason[] = [];
  const byName = tierOfName(typeof definition.name === 'string' ? definition.name : '');
  if (byName) reasons.push(byName);
  const hints = readHints(definition.annotations);
  const believed = server.trusted && server.reviewed;
  const source = believed ? 'server, trusted' : 'server, not trusted';
  if (hints.destructive === true && hints.readOnly !== true)
    reasons.push({ tier: 'destructive', text: 'Server says it may destroy data', source });
  if (hints.readOnly === false) reasons.push({ tier: 'write', text: 'Server says it changes things', source });

  if (hints.readOnly === true && believed) {
    return { tier: 'read', reasons: [{ tier: 'read', text: 'Server says it only reads', source }, ...reasons] };
  }
  if (reasons.length === 0)
    reasons.push({ tier: 'write', text: 'Nothing tells that it only reads', source: 'no evidence' });
  const tier = reasons
    .map((reason) => reason.tier)
    .reduce((highest, next) => (riskTiers.indexOf(next) > riskTiers.indexOf(highest) ? next : highest));
  if (hints.readOnly === true) reasons.push({ tier: 'read', text: 'Server says it only reads', source });
  return { tier, reasons };
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
