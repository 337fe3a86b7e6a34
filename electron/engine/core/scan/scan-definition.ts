import type { Finding, ScanOutcome } from '../../../shared/content.ts';
import type { JsonObject } from '../../wire/json-rpc.ts';
import { decodeBlobs, rot13 } from './decode-blobs.ts';
import { type DefinitionText, listTexts } from './definition-texts.ts';
import { foldText } from './fold-text.ts';
import { findHidden } from './hidden-characters.ts';
import { type RuleId, scanRules } from './rules.ts';
import { findLeet, type Hit, scanProse } from './scan-prose.ts';
import { scanStructure } from './scan-structure.ts';

export interface ScanContext {
  /** What is scanned; only tools have names with a fixed alphabet. */
  kind: 'tool' | 'prompt' | 'resource' | 'instructions';
  /** Names of tools of the user's other servers. */
  peers?: readonly string[];
}

export interface ScanResult {
  outcome: ScanOutcome;
  /** Heaviest first. */
  findings: Finding[];
}

interface Placed extends Hit {
  path: string;
  text: string;
  decoded: string | null;
}

const maxFindings = 24;
const minProse = 8;
/** Decoded text may be encoded again. */
const maxLevels = 3;

/**
 * Looks through every string of a definition. Pure, linear, bounded in time and memory. What it finds is evidence for a
 * person; that it finds nothing proves nothing.
 */
export function scanDefinition(definition: JsonObject, context: ScanContext = { kind: 'tool' }): ScanResult {
  const texts = listTexts(definition);
  const placed: Placed[] = [
    ...texts.texts.flatMap((place) => scanText(place)),
    ...scanStructure(definition, texts).map((hit) => ({ ...hit, decoded: null })),
    ...checkName(definition, context),
    ...texts.texts.flatMap((place) => checkParameterName(place, definition)),
    ...(context.peers ? findPeers(texts.texts, definition, context.peers) : []),
  ];
  return weigh(placed);
}

function scanText(place: DefinitionText): Placed[] {
  const { path, text, role } = place;
  const put = (hits: readonly Hit[], decoded: string | null = null): Placed[] =>
    hits.map((hit) => ({ ...hit, path, text, decoded }));
  const hidden = findHidden(text);
  const found = put(hidden.map(({ start, end }) => ({ rule: 'hidden-characters' as const, start, end })));
  for (const run of hidden) if (run.spelled !== '') for (const finding of found) finding.decoded ??= run.spelled;
  if (text.length < minProse) return found;
  if (role === 'name' || role === 'prose' || role === 'value' || / \S+ /.test(text)) {
    found.push(
      ...put(scanProse(role === 'name' ? separateWords(text) : text, role === 'prose' && place.parameter !== null)),
      ...put(findLeet(text)),
    );
  }
  return [...found, ...scanDecoded(place)];
}

/** `conversationHistory` and `conversation_history` as words, with every offset kept: only separators are replaced. */
function separateWords(name: string): string {
  return name.replace(/[_-]/g, ' ');
}

function scanDecoded({ path, text }: DefinitionText): Placed[] {
  const found: Placed[] = [];
  for (const { start, end, decoded } of decodeBlobs(text)) {
    const rule = isSuspicious(decoded, 1) ? 'encoded' : 'encoded-text';
    found.push({ rule, start, end, path, text, decoded: decoded.slice(0, 400) });
  }
  for (const [marks, turn] of turnings) {
    if (text.length < 24 || text.length > 64 * 1024 || !marks.test(text)) continue;
    const decoded = turn(text);
    if (isStrong(scanProse(decoded)))
      found.push({
        rule: 'encoded',
        start: 0,
        end: Math.min(text.length, 400),
        path,
        text,
        decoded: decoded.slice(0, 400),
      });
  }
  return found;
}

/** Texts turned as a whole, each with how its commonest words look then. */
const turnings: readonly (readonly [RegExp, (text: string) => string])[] = [
  [/\b(?:gur|naq|lbhe?|abg|nyy|frperg|cnffjbeq|hfre)\b/i, rot13],
  [
    /(?:^|[^a-z])(?:eht|dna|ruoy|uoy|ton|lla|resu|drowssap|erongi|snoitcurtsni)(?:$|[^a-z])/i,
    (text) => [...text].reverse().join(''),
  ],
];

function isSuspicious(text: string, level: number): boolean {
  if (findHidden(text, 1).length > 0 || isStrong(scanProse(text))) return true;
  return level < maxLevels && decodeBlobs(text).some(({ decoded }) => isSuspicious(decoded, level + 1));
}

function isStrong(hits: readonly Hit[]): boolean {
  return hits.some(({ rule }) => scanRules[rule].weight === 'warn' || rule === 'secret-mention');
}

function checkName({ name }: JsonObject, { kind, peers = [] }: ScanContext): Placed[] {
  if (typeof name !== 'string') return [];
  const at = { start: 0, end: name.length, path: '/name', text: name, decoded: null };
  const found: Placed[] = [];
  if (kind === 'tool' && !/^[A-Za-z0-9_.-]{1,128}$/.test(name)) found.push({ rule: 'name-charset', ...at });
  const folded = skeletonOf(name);
  if (peers.some((peer) => peer !== name && skeletonOf(peer) === folded && peer.toLowerCase() !== name.toLowerCase()))
    found.push({ rule: 'lookalike-name', ...at });
  return found;
}

/** What a name looks like at a glance. */
function skeletonOf(name: string): string {
  return foldText(name)
    .text.replace(/[_.-]/g, '')
    .replace(/[1l|]/g, 'i')
    .replace(/0/g, 'o')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
}

const askedContext =
  /^(?:(?:full|entire|complete|raw|user|prior|previous|recent|current|your|original)_?)?(?:conversation|chat|dialog(?:ue)?|message)_?(?:history|log|transcript|context|so_far)$|^(?:your_|current_|full_|agent_|model_|original_|raw_|llm_|assistant_)?system_?(?:prompt|message|instructions)$|^(?:full|entire|complete|whole)_?(?:conversation|chat|context|transcript|prompt)$|^(?:model|agent|assistant|llm|internal|your)_?(?:reasoning|thoughts|instructions|memory|context|prompt|rules)$|^chain_?of_?thoughts?$|^(?:all_)?(?:previous|prior)_?messages$|^context_?(?:dump|window)$|^(?:user_?)?original_?(?:prompt|request)$/;
const askedSecret =
  /^(?:ssh|private|pgp|gpg|signing|rsa)_?(?:private_?)?keys?$|^(?:user|account|admin|root|login|sudo|email|bank|master|wallet)_?(?:password|passwd|passphrase|pin|credentials?)$|^(?:env|environment)(?:_?(?:vars?|variables?|dump|contents?))$|^(?:aws|gcp|azure|github|openai|anthropic|cloud|db|ssh|git)_?(?:access_?|secret_?|api_?)*(?:keys?|credentials?|secret|tokens?|password)$|^seed_?phrase$|^mnemonic$|^id_?rsa$|^(?:all_)?(?:credentials|secrets|api_?keys|tokens|passwords|cookies)$|^session_?(?:cookie|token)s?$|^otp$|^credit_?card(?:_?number)?$|^cvv$|^dot_?env$/;
const plainSecret =
  /^(?:password|passwd|passphrase|api_?key|secret|access_?token|auth_?token|bearer_?token|private_?key|credential|token|client_?secret)$/;

function checkParameterName({ path, text, role, parameter }: DefinitionText, definition: JsonObject): Placed[] {
  if (role !== 'name' || parameter === null || !path.startsWith('/inputSchema')) return [];
  const name = text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_');
  const at = { start: 0, end: text.length, path, text, decoded: null };
  if (askedContext.test(name)) return talksToModels(definition) ? [] : [{ rule: 'conversation', ...at }];
  if (askedSecret.test(name))
    return [
      { rule: 'credential-parameter', ...at },
      { rule: 'secret-mention', ...at },
    ];
  return plainSecret.test(name) ? [{ rule: 'credential-parameter', ...at }] : [];
}

/** A tool that hands a prompt to a model has a system prompt of its own to ask for. */
function talksToModels({ name, description, inputSchema }: JsonObject): boolean {
  const text = `${String(name)} ${String(description)}`.toLowerCase();
  const schema = JSON.stringify(inputSchema ?? '').slice(0, 20_000);
  return (
    /\b(?:llm|language model|chat completion|completions?|sub-?agents?|assistant|agent|model|gpt|claude|gemini|sampl)/.test(
      text.replaceAll('_', ' '),
    ) && /"(?:model|prompt|temperature|max_?tokens|messages)"/i.test(schema)
  );
}

const turning =
  /\b(?:instead|before|after|when|whenever|replac|overrid|never|must|always|do not|don't|first|also|ignore|deprecat|forward|bcc|recipient)\w{0,8}\b/i;

function findPeers(texts: readonly DefinitionText[], { name }: JsonObject, peers: readonly string[]): Placed[] {
  const wanted = new Set(peers.filter((peer) => peer !== name && peer.length >= 6 && /[_.-]|[a-z][A-Z]/.test(peer)));
  if (wanted.size === 0) return [];
  const found: Placed[] = [];
  for (const { path, text, role } of texts) {
    if (role !== 'prose') continue;
    for (const match of text.matchAll(/[A-Za-z0-9_.-]{6,128}/g)) {
      const word = match[0].replace(/\.+$/, '');
      if (!wanted.has(word)) continue;
      const end = match.index + word.length;
      const around = text.slice(Math.max(0, match.index - 80), end + 80);
      found.push({
        rule: turning.test(around) ? 'other-tools' : 'peer-named',
        start: match.index,
        end,
        path,
        text,
        decoded: null,
      });
      if (found.length === 3) return found;
    }
  }
  return found;
}

const order: Readonly<Record<Finding['weight'], number>> = { block: 0, warn: 1, note: 2 };

/** A hint says nothing that the heavier rule beside it does not say. */
const saidBy: Partial<Record<RuleId, RuleId>> = { 'secret-mention': 'credentials', 'call-first': 'before-everything' };

/** Hints count only together: two different ones, or one beside something heavier. */
function weigh(placed: readonly Placed[]): ScanResult {
  const rules = new Set(placed.map(({ rule }) => rule));
  const hints = [...rules].filter((rule) => scanRules[rule].weight === 'hint');
  const isHeavy = [...rules].some((rule) => ['block', 'warn'].includes(scanRules[rule].weight));
  const showsHints = isHeavy || hints.length >= 2;
  const findings = mergeNear(placed).flatMap((hit) => {
    const { weight, title, advice } = scanRules[hit.rule];
    const better = saidBy[hit.rule];
    if (weight === 'hint' && (!showsHints || (better && rules.has(better)))) return [];
    return [{ isHint: weight === 'hint', ...describe(hit, weight === 'hint' ? 'warn' : weight, title, advice) }];
  });
  findings.sort((a, b) => order[a.weight] - order[b.weight] || Number(a.isHint) - Number(b.isHint));
  const shown = findings.slice(0, maxFindings).map(({ isHint: _isHint, ...finding }) => finding);
  return { outcome: shown.some(({ weight }) => weight !== 'note') ? 'found' : 'nothing_found', findings: shown };
}

/** Hits of one rule that touch or nearly touch in one string are one finding. */
function mergeNear(placed: readonly Placed[]): Placed[] {
  const merged: Placed[] = [];
  const last = new Map<string, Placed>();
  for (const hit of [...placed].sort((a, b) => a.start - b.start)) {
    const key = `${hit.rule} ${hit.path}`;
    const before = last.get(key);
    if (before && hit.start <= before.end + mergeGap) {
      before.end = Math.max(before.end, hit.end);
      before.decoded ??= hit.decoded;
      continue;
    }
    const own = { ...hit };
    merged.push(own);
    last.set(key, own);
  }
  return merged;
}

const mergeGap = 20;
const maxExcerpt = 240;
const surroundings = 60;

function describe(hit: Placed, weight: Finding['weight'], title: string, advice: string): Finding {
  const { rule, path, text, decoded } = hit;
  const start = Math.min(hit.start, text.length);
  const end = Math.min(hit.end, text.length);
  const from = Math.max(0, start - surroundings);
  const to = Math.min(text.length, from + maxExcerpt, end + surroundings);
  const excerpt = { text: text.slice(from, to), start: start - from, end: Math.min(end, to) - from };
  return { rule, weight, title, advice, path, start, end, excerpt, decoded };
}
