import type { Risk, RiskReason, RiskTier } from '../../shared/index.ts';
import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { highestTier } from './risk.ts';

/** Bounds of what is looked at, so that no argument can make a call slow. */
const maxText = 64 * 1024;
const maxTotal = 256 * 1024;
const maxDepth = 24;
const maxReasons = 8;

type Detector = (text: string, key: string) => Omit<RiskReason, 'source'> | null;

const secretPath =
  /(?:^|[\s/\\"'=:~])(?:\.ssh(?:[/\\]|$)|\.aws[/\\]credentials|\.gnupg(?:[/\\]|$)|\.kube[/\\]config|\.netrc\b|\.npmrc\b|\.pypirc\b|\.git-credentials\b|\.docker[/\\]config\.json|\.env(?:\.[a-z]+)?(?:$|[\s"'])|id_(?:rsa|ed25519|ecdsa|dsa)\b|etc[/\\](?:shadow|sudoers)|Login Data$|Cookies$|key4\.db|wallet\.dat|Library[/\\]Keychains)/i;
const tokenLike =
  /\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abpors]-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{10,}|AIza[0-9A-Za-z_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,})/;
const runsCode = /(?:^|[_-])(?:command|cmd|script|shell|code|sql|query|statement|args|argv|exec)s?$/i;
const isCommand = /(?:^|[_-])(?:command|cmd|shell|exec)s?$/i;
const metadataHost =
  /\b(?:169\.254\.\d{1,3}\.\d{1,3}|metadata\.google\.internal|metadata\.azure\.com|100\.100\.100\.200)\b|\bfd00:ec2::254\b|\bfe80:/i;

const detectors: readonly Detector[] = [
  (text) => (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text) ? found('secret', 'An argument holds a private key') : null),
  (text) => (tokenLike.test(text) ? found('secret', 'An argument looks like an access token') : null),
  (text) => (secretPath.test(text) ? found('secret', 'An argument names a place where secrets are kept') : null),
  (text) => (metadataHost.test(text) ? found('secret', 'An address of the machine’s own metadata service') : null),
  (text, key) => {
    if (!runsCode.test(key)) return null;
    if (/\brm\s+(?:-[a-z]*\s+)*-[a-z]*(?:r[a-z]*f|f[a-z]*r)|\brm\s+(?:-r\s+-f|-f\s+-r|--recursive)/i.test(text))
      return found('destructive', 'A command deletes folders (rm -rf)');
    if (
      /\b(?:mkfs|wipefs|shred)\b|\bdd\s+[^|;]*\bof=|\bgit\s+push\s+[^|;]*(?:--force|-f)\b|\bformat\s+[a-z]:/i.test(text)
    )
      return found('destructive', 'A command overwrites what cannot be brought back');
    return null;
  },
  (text, key) => {
    if (!runsCode.test(key)) return null;
    if (/\b(?:drop\s+(?:table|database|schema|view|index|role|user)|truncate\s+\S|delete\s+from)\b/i.test(text))
      return found('destructive', 'SQL that deletes data');
    return /\b(?:insert\s+into|update\s+\S+\s+set|alter\s+(?:table|role|user)|create\s+(?:table|role|user)|grant\s+\S+|merge\s+into)\b/i.test(
      text,
    )
      ? found('write', 'SQL that changes data')
      : null;
  },
  (text, key) =>
    isCommand.test(key) && /[;&|`<>\n]|\$[({A-Za-z_]/.test(text)
      ? found('secret', 'A command with shell characters, so it can run others')
      : null,
  (text, key) => {
    if (!/^(?:http_?)?(?:method|verb)$/i.test(key)) return null;
    if (/^delete$/i.test(text)) return found('destructive', 'HTTP DELETE');
    return /^(?:post|put|patch)$/i.test(text) ? found('write', `HTTP ${text.toUpperCase()}`) : null;
  },
];

function found(tier: RiskTier, text: string): Omit<RiskReason, 'source'> {
  return { tier, text };
}

/**
 * Risk of one call: what is known of its tool, raised by what its arguments hold. A tier the user set stays.
 * Arguments can raise a tier and never lower it.
 */
export function riskOfCall(tool: Risk, args: JsonObject): Risk {
  if (tool.isOverridden) return tool;
  const reasons = detectArguments(args);
  if (reasons.length === 0) return tool;
  return {
    tier: highestTier([tool.tier, ...reasons.map((reason) => reason.tier)]),
    reasons: [...tool.reasons, ...reasons],
  };
}

/** Facts in the arguments that tell a tier, each once. */
export function detectArguments(args: JsonObject): RiskReason[] {
  const reasons = new Map<string, RiskReason>();
  let left = maxTotal;
  const look = (value: JsonValue, key: string, depth: number): void => {
    if (left <= 0 || reasons.size >= maxReasons || depth > maxDepth) return;
    if (typeof value === 'string') {
      const text = value.slice(0, Math.min(maxText, left));
      left -= text.length;
      for (const detect of detectors) {
        const reason = detect(text, key);
        if (reason) reasons.set(reason.text, { ...reason, source: 'argument' });
      }
    } else if (Array.isArray(value)) {
      for (const element of value) look(element, key, depth + 1);
      // a command given as a list of words
      if (runsCode.test(key) && value.every((word) => typeof word === 'string')) look(value.join(' '), key, maxDepth);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) look(member, name, depth + 1);
    } else left -= 8;
  };
  look(args, '', 0);
  return [...reasons.values()];
}
