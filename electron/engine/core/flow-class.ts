import type { RiskTier } from '../../shared/index.ts';
import type { JsonObject } from '../wire/json-rpc.ts';
import { findCurated } from './curated-tools.ts';

/** What a call moves. One call can be several at once: reading mail yields private data and strangers' text. */
export interface FlowClass {
  readsPrivate: boolean;
  readsForeign: boolean;
  sendsOut: boolean;
}

const privateWords = new Set(
  'file files email emails mail inbox message messages note notes document documents contact contacts calendar event events database sql memory page pages drive secret secrets password credential repo repository'.split(
    ' ',
  ),
);
const foreignWords = new Set(
  'fetch web browse browser url urls website page pages scrape crawl email emails mail message messages issue issues comment comments rss feed'.split(
    ' ',
  ),
);
/** Even a tool that only reads sends with these: the address itself carries data. */
const requestWords = new Set('fetch http request webhook navigate'.split(' '));
const requestNouns = new Set(['request', 'requests']);
const reviewKinds = new Set(['pull', 'merge', 'change', 'feature', 'review']);
const sendWords = new Set(
  'send post publish upload email mail tweet share push submit reply message notify'.split(' '),
);

/** Whom a tool talks to, by our list, its tier, its `openWorldHint` and its name. In doubt a call counts. */
export function classifyFlow(definition: JsonObject, tier: RiskTier, identities: readonly string[]): FlowClass {
  const name = typeof definition.name === 'string' ? definition.name : '';
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    // a pull request is a thing to look at, not a request that is sent
    .filter((word, at, all) => !(requestNouns.has(word) && reviewKinds.has(all[at - 1] ?? '')));
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  const known = findCurated(identities, name);
  const isOpen = hasOpenWorld(definition);
  const isRead = tier === 'read';
  const readsByName = has(foreignWords) && (isRead || has(requestWords));
  // a hint may make a tool suspicious, never clear it
  const isSender = has(requestWords) || (!isRead && has(sendWords));
  return {
    readsPrivate: known
      ? known.isPrivate && (isRead || tier === 'secret')
      : (isRead && has(privateWords) && !has(requestWords)) || tier === 'secret',
    // what is published comes from the agent; its answer is an acknowledgement
    readsForeign: known ? known.isForeign && tier !== 'publish' : readsByName || (isRead && isOpen === true),
    sendsOut: known?.isOutward === true || tier === 'publish' || isSender || (!isRead && isOpen === true),
  };
}

function hasOpenWorld(definition: JsonObject): boolean | null {
  const { annotations } = definition;
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return null;
  return typeof annotations.openWorldHint === 'boolean' ? annotations.openWorldHint : null;
}
