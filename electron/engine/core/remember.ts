import {
  type ArgumentChoice,
  isHighTier,
  type Remember,
  type RememberOffer,
  type RiskTier,
  riskTiers,
} from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';

/** What decides on the offer of a card. */
export interface RememberFacts {
  arguments: JsonObject;
  tier: RiskTier;
  /** The tool's definition is the one a person accepted; a permission cannot reach past a review. */
  reviewed: boolean;
  /** Some argument is masked: its value would stand in the permission for all to read. */
  hasSecrets: boolean;
  /** Null: a step-up is at hand; else why not. */
  noStepUp: string | null;
}

export type RememberCheck = { ok: true; needsStepUp: boolean } | { ok: false; reason: string };

/** Folders offered for one path, nearest first. */
const maxFolders = 4;

const notReviewed =
  'This tool is new or has changed since you reviewed it, so every call asks until you accept its definition.';
const tooDangerous = 'Not for tools that destroy data or handle secrets: choose what the arguments must be.';

/** True for the tiers where "any arguments" is never offered. */
function isNarrowOnly(tier: RiskTier): boolean {
  return riskTiers.indexOf(tier) >= riskTiers.indexOf('destructive');
}

/** What may be remembered of one call. Pure: the engine shows it and holds every answer against the very same value. */
export function offerRemember(facts: RememberFacts): RememberOffer {
  const open = facts.reviewed ? choice('') : choice(notReviewed);
  const timed = { ...open, needsStepUp: false };
  const isHigh = isHighTier(facts.tier);
  const names = Object.keys(facts.arguments);
  return {
    durations: {
      '15m': timed,
      '1h': timed,
      until_quit: timed,
      always: {
        ...(facts.reviewed && isHigh && facts.noStepUp !== null ? choice(facts.noStepUp) : open),
        needsStepUp: isHigh,
      },
    },
    matches: {
      exact: open,
      pattern: facts.reviewed ? choice(noPattern(facts, names)) : open,
      any: facts.reviewed && isNarrowOnly(facts.tier) ? choice(tooDangerous) : open,
    },
    arguments: names.map((name) => ({
      name,
      folders: offerFolders(facts.arguments[name]),
      host: offerHost(facts.arguments[name]),
    })),
  };
}

function noPattern({ hasSecrets }: RememberFacts, names: readonly string[]): string {
  if (hasSecrets) return 'Not with a hidden value: the permission would show it.';
  return names.length === 0 ? 'This call has no arguments.' : '';
}

/** Holds a person's choice against what is offered for this very call: the page that sent it is not believed. */
export function checkRemember(facts: RememberFacts, { duration, match }: Remember): RememberCheck {
  const offer = offerRemember(facts);
  const time = offer.durations[duration];
  if (!time.offered) return { ok: false, reason: time.reason };
  const kind = offer.matches[match.kind];
  if (!kind.offered) return { ok: false, reason: kind.reason };
  if (match.kind === 'pattern') {
    const problem = checkPattern(facts, offer, match.arguments);
    if (problem !== null) return { ok: false, reason: problem };
  }
  return { ok: true, needsStepUp: time.needsStepUp };
}

function checkPattern(
  facts: RememberFacts,
  offer: RememberOffer,
  choices: Readonly<Record<string, ArgumentChoice>>,
): string | null {
  const names = Object.keys(choices);
  if (names.length !== offer.arguments.length || names.some((name) => !Object.hasOwn(facts.arguments, name)))
    return 'A pattern says of every argument of the call, and of no other, what it may be.';
  for (const argument of offer.arguments) {
    const chosen = Object.hasOwn(choices, argument.name) ? choices[argument.name] : undefined;
    if (chosen?.kind === 'inside' && !argument.folders.includes(chosen.folder))
      return `The path in ${argument.name} is not inside the chosen folder.`;
    if (chosen?.kind === 'host' && argument.host !== chosen.host)
      return `The address in ${argument.name} does not have the chosen host.`;
  }
  const isOpen = names.every((name) => choices[name]?.kind === 'any');
  return isOpen && isNarrowOnly(facts.tier) ? tooDangerous : null;
}

function choice(reason: string): { offered: boolean; reason: string } {
  return { offered: reason === '', reason };
}

/** Folders around an absolute path. A path with `..`, or the root of a drive, offers nothing. */
function offerFolders(value: JsonValue | undefined): string[] {
  if (typeof value !== 'string' || value.length > 4096 || value.includes('\0')) return [];
  const root = /^(?:\/|~\/|[A-Za-z]:[\\/])/.exec(value)?.[0];
  if (root === undefined) return [];
  const isWindows = root.includes(':');
  const segments = value
    .slice(root.length)
    .split(isWindows ? /[\\/]+/ : /\/+/)
    .filter((segment) => segment !== '' && segment !== '.');
  if (segments.includes('..')) return [];
  const separator = root.endsWith('\\') ? '\\' : '/';
  const folders: string[] = [];
  // a last part without a dot may be a folder itself
  const nearest = /\./.test(segments.at(-1) ?? '.') ? segments.length - 1 : segments.length;
  for (let depth = nearest; depth >= 1 && folders.length < maxFolders; depth -= 1) {
    // one level below the root is offered only as the file's own folder: wider is most of the disk
    if (depth === 1 && segments.length > 2) break;
    folders.push(root + segments.slice(0, depth).join(separator));
  }
  return folders;
}

/** The host of a web address, with its port where one is named; none for an address that carries a name or password. */
function offerHost(value: JsonValue | undefined): string | null {
  if (typeof value !== 'string' || !/^(?:https?|wss?):\/\//i.test(value)) return null;
  try {
    const url = new URL(value);
    return url.username === '' && url.password === '' && url.host !== '' ? url.host : null;
  } catch {
    return null;
  }
}
