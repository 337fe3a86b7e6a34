import { RE2JS } from 're2js';
import type { JsonObject, JsonValue } from '../../wire/json-rpc.ts';
import type { DefinitionText, DefinitionTexts } from './definition-texts.ts';
import type { RuleId } from './rules.ts';

/** A rule that holds for a string of the definition, with the span in it that shows it. */
export interface StructureHit {
  rule: RuleId;
  path: string;
  text: string;
  start: number;
  end: number;
}

/** Limits of one definition (security: limits). */
const limits = { depth: 32, nodes: 2_000, description: 16 * 1024, total: 128 * 1024 };

const shellValue =
  /\$\([^)]{1,200}\)|`[^`\n]{3,200}`|[;&|]{1,2} {0,3}(?:curl|wget|rm|nc|bash|sh|python3?|node|cat|powershell|chmod|eval|base64|sudo|scp|ssh) |^(?:curl|wget|rm -|bash -c|sh -c|powershell|sudo|eval) ?\S|\/dev\/tcp\/|>> {0,2}~\/|\|\s{0,3}(?:ba|z)?sh\b/;
const collectingAddress =
  /webhook\.site|ngrok|requestbin|pipedream|burpcollaborator|oastify|interact\.sh|oast\.(?:fun|pro|live|site|me)|beeceptor|requestcatcher|pastebin|transfer\.sh|telegram\.org\/bot|api\/webhooks|hooks\.slack|trycloudflare|serveo|\.onion|https?:\/\/(?!127\.|0\.0\.0\.0|10\.|192\.168\.)\d{1,3}(?:\.\d{1,3}){3}|https?:\/\/[^\s/]{0,80}(?:exfil|evil|attacker|collect|steal|leak|harvest)|\b(?:javascript|vbscript):|\bdata:text\/html/i;
const privateValue =
  /\.ssh\b|id_(?:rsa|ed25519)|\/etc\/(?:passwd|shadow)|\.aws\/|\.git-credentials|\.netrc|mcp\.json|\/proc\/self|~\/\.env\b/;
const anyAddress =
  /\bhttps?:\/\/(?!localhost|127\.|example\.|[^/]{0,40}\.example\b|json-schema\.org|www\.w3\.org|schemas?\.)/i;

/** What the whole of a definition shows, beside its prose. */
export function scanStructure(definition: JsonObject, texts: DefinitionTexts): StructureHit[] {
  return [
    ...checkSize(texts),
    ...texts.texts.flatMap(checkValue),
    ...texts.texts.flatMap(checkSchemaWord),
    ...checkAnnotations(definition),
    ...checkPages(definition),
    ...texts.texts.flatMap(checkHeader),
  ];
}

function whole(rule: RuleId, { path, text }: { path: string; text: string }): StructureHit {
  return { rule, path, text, start: 0, end: Math.min(text.length, 200) };
}

function matched(rule: RuleId, { path, text }: DefinitionText, match: RegExpExecArray | null): StructureHit[] {
  return match ? [{ rule, path, text, start: match.index, end: match.index + match[0].length }] : [];
}

function checkSize({ texts, depth, nodes, isCut }: DefinitionTexts): StructureHit[] {
  const long = texts.find((text) => text.role === 'prose' && text.text.length > limits.description);
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  const isLarge = isCut || depth > limits.depth || nodes > limits.nodes || total > limits.total;
  if (!long && !isLarge) return [];
  return [whole('schema-limit', long ?? { path: '', text: '' })];
}

function checkValue(place: DefinitionText): StructureHit[] {
  if (place.role !== 'value') return [];
  const { text } = place;
  const shell = matched('shell-value', place, shellValue.exec(text));
  if (shell.length > 0) return shell;
  const address = matched('address-value', place, collectingAddress.exec(text));
  if (address.length > 0) return address;
  const secret = privateValue.exec(text);
  if (secret) return matched('credentials', place, secret);
  return matched('url-value', place, anyAddress.exec(text));
}

function checkSchemaWord(place: DefinitionText): StructureHit[] {
  const { path, text, role } = place;
  if (role === 'value') return [];
  if (/\/(?:\$ref|\$dynamicRef)$/.test(path) && !text.startsWith('#')) {
    // a name is resolved inside the definition; only an address leads out of it
    return /^[a-z][a-z0-9+.-]*:|^\/\//i.test(text) ? [whole('remote-reference', place)] : [];
  }
  if (path.endsWith('/pattern') && !isLinear(text)) return [whole('pattern-unchecked', place)];
  if (/(?:^|\/)icons\/\d+\/src$/.test(path) && !/^(?:https:\/\/|data:image\/)/i.test(text))
    return [whole('icon-address', place)];
  return [];
}

/** Compiled patterns of servers are many and mostly the same few. */
const linearity = new Map<string, boolean>();

function isLinear(pattern: string): boolean {
  const known = linearity.get(pattern);
  if (known !== undefined) return known;
  let linear = pattern.length <= 2_000;
  try {
    if (linear) RE2JS.compile(pattern);
  } catch {
    linear = false;
  }
  if (linearity.size < 2_000) linearity.set(pattern, linear);
  return linear;
}

const changingVerb =
  /^(?:delet|remov|destroy|drop|wipe|purg|eras|push|send|post|publish|write|updat|upload|creat|insert|overwrit|transfer|pay|kill|execut|exec$|install|merge|revok|reset|truncat|rename|move|modif|edit|patch|put$|grant|shutdown|terminat|deploy)/;

function checkAnnotations(definition: JsonObject): StructureHit[] {
  const { annotations, name, description } = definition;
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return [];
  if (annotations.readOnlyHint !== true || typeof name !== 'string') return [];
  const [verb] = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  if (verb !== undefined && changingVerb.test(verb))
    return [whole('contradicting-annotation', { path: '/name', text: name })];
  const says =
    typeof description === 'string'
      ? /^\s{0,20}(?:permanently |irreversibly )?(?:deletes?|removes?|sends?|destroys?|overwrites?|transfers?|wipes?|drops?|executes?)\b/i.exec(
          description,
        )
      : null;
  if (says === null || typeof description !== 'string') return [];
  return [
    {
      rule: 'contradicting-annotation',
      path: '/description',
      text: description,
      start: says.index,
      end: says[0].length,
    },
  ];
}

/** A page (MCP Apps) whose content policy lets it talk to everybody. */
function checkPages(definition: JsonObject): StructureHit[] {
  const ui = memberOf(memberOf(definition._meta, 'ui'), 'csp') ?? memberOf(definition._meta, 'ui/csp');
  if (typeof ui !== 'object' || ui === null || Array.isArray(ui)) return [];
  return Object.entries(ui).flatMap(([name, domains]) =>
    (Array.isArray(domains) ? domains : [domains]).flatMap((domain) =>
      typeof domain === 'string' && /^(?:https?:\/\/|wss?:\/\/)?\*(?:$|[:/]|\.[a-z]+$)|^https?:$/i.test(domain)
        ? [whole('open-page', { path: `/_meta/ui/csp/${name}`, text: domain })]
        : [],
    ),
  );
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

/** Headers that steer the connection or carry who somebody is; a server may not fill them from a call's arguments. */
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/;
const steering =
  /^(?:authorization|cookie|host|content-.*|transfer-encoding|connection|origin|proxy-.*|mcp-.*|x-forwarded-.*|forwarded|set-cookie|upgrade)$/i;

function checkHeader(place: DefinitionText): StructureHit[] {
  if (!place.path.endsWith('/x-mcp-header')) return [];
  return headerName.test(place.text) && !steering.test(place.text) ? [] : [whole('header-parameter', place)];
}
