import {
  type ArgumentCondition,
  type LiveGrant,
  parseArgumentPath,
  type Risk,
  type RiskTier,
  riskTiers,
} from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { canonicalJson } from './canonical.ts';
import { type ConditionFacts, compileCondition } from './compile-condition.ts';

/** What of a call a remembered approval is compared with. */
export interface GrantFacts extends ConditionFacts {
  /** HMAC of the arguments; null where it is not known: then no exact grant fits. */
  argumentsDigest: string | null;
  risk: Risk;
  /** The tier of the tool by itself, before these arguments were looked at. */
  toolTier: RiskTier;
}

/** Still in force at this time (milliseconds since the epoch), for a tool whose tier last rose then. */
export function isGrantLive(grant: LiveGrant, at: number, tierRoseAt: number | null): boolean {
  if (grant.expiresAt !== null && grant.expiresAt <= at) return false;
  if (grant.usesLeft !== null && grant.usesLeft <= 0) return false;
  return tierRoseAt === null || grant.createdAt >= tierRoseAt;
}

/** Whether the arguments are those the person agreed to. Any doubt means no. */
export function fitsGrant(grant: LiveGrant, facts: GrantFacts): boolean {
  switch (grant.match.kind) {
    case 'exact':
      return facts.argumentsDigest !== null && facts.argumentsDigest === grant.match.argumentsDigest;
    case 'pattern':
      return fitsPattern(grant.match, facts);
    case 'any':
      // "any arguments" was said of the tool as it was shown, not of arguments that make it more dangerous
      return riskTiers.indexOf(facts.risk.tier) <= riskTiers.indexOf(facts.toolTier);
    default:
      return false;
  }
}

function fitsPattern(match: Extract<LiveGrant['match'], { kind: 'pattern' }>, facts: GrantFacts): boolean {
  if (!match.conditions.every((condition) => holdsSurely(condition, facts))) return false;
  for (const [key, value] of Object.entries(match.equals)) {
    const given = ownMember(facts.arguments, key);
    if (given === undefined || canonicalJson(given) !== canonicalJson(value as JsonValue)) return false;
  }
  const known = new Set([...Object.keys(match.equals), ...match.free, ...match.conditions.map(rootOf)]);
  return Object.keys(facts.arguments).every((key) => known.has(key));
}

function holdsSurely(condition: ArgumentCondition, facts: ConditionFacts): boolean {
  try {
    return compileCondition(condition).test(facts) === 'yes';
  } catch {
    // a condition that cannot work permits nothing
    return false;
  }
}

/** The argument a condition is about, as a member of the whole. */
function rootOf(condition: { argument: string }): string {
  return String(parseArgumentPath(condition.argument)?.[0] ?? '');
}

function ownMember(args: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(args, key) ? args[key] : undefined;
}
