import { hasOddCharacters } from './readable-text.ts';
import { agree, type Verdict, verdictOf } from './verdict.ts';

/** A host as addresses are compared: lower case, punycode, no trailing dot, addresses in their usual form. */
export interface Host {
  name: string;
  /** As written or the scheme's own; null where neither is known. */
  port: number | null;
}

interface HostReadings {
  hosts: Host[];
  isSure: boolean;
}

const maxUrlLength = 16_384;
const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'ftp:': 21,
  'ssh:': 22,
};

/** The host a rule names: `example.com`, `example.com:8443`, an address, or a whole URL. Null when it is none. */
export function parseHost(text: string): Host | null {
  const trimmed = text.trim();
  if (trimmed === '' || /[\s@\\]/.test(trimmed)) return null;
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const isBareAddress6 = /^[0-9a-f]*:[0-9a-f:.]+$/i.test(trimmed) && trimmed.split(':').length > 2;
  const url = readUrl(hasScheme ? trimmed : `http://${isBareAddress6 ? `[${trimmed}]` : trimmed}`);
  if (!url || url.host.name === '') return null;
  const named = /:(\d{1,5})(?:[/?#]|$)/.exec(isBareAddress6 ? '' : trimmed.replace(/^[a-z][a-z0-9+.-]*:\/\//i, ''));
  return { name: url.host.name, port: named ? Number(named[1]) : null };
}

/** Whether an argument's URL, or bare host, has this host. A rule without a port means any port. */
export function isHost(text: string, wanted: Host): Verdict {
  return judge(text, (host) => host.name === wanted.name && fitsPort(host, wanted));
}

/** Whether an argument's URL has this host or one below it. Addresses have nothing below them. */
export function isHostUnder(text: string, wanted: Host): Verdict {
  const canHaveChildren = !isAddress(wanted.name);
  return judge(
    text,
    (host) =>
      (host.name === wanted.name || (canHaveChildren && host.name.endsWith(`.${wanted.name}`))) &&
      fitsPort(host, wanted),
  );
}

function judge(text: string, test: (host: Host) => boolean): Verdict {
  const { hosts, isSure } = readHosts(text);
  const verdict = agree(hosts.map((host) => verdictOf(test(host))));
  if (isSure) return verdict;
  return 'unsure';
}

function fitsPort(host: Host, wanted: Host): boolean {
  return wanted.port === null || host.port === wanted.port;
}

/** Every host a program may find in the text. Parsers disagree on odd texts: those are never sure. */
export function readHosts(text: string): HostReadings {
  if (text.length > maxUrlLength || hasOddCharacters(text) || /[\s\\]/.test(text)) return { hosts: [], isSure: false };
  const scp = /^[A-Za-z0-9_.-]+@([A-Za-z0-9.-]+):(?!\/\/)/.exec(text);
  if (scp?.[1] !== undefined) {
    const url = readUrl(`ssh://${scp[1]}`);
    return { hosts: url ? [url.host] : [], isSure: url !== null };
  }
  // a path, a query or nothing before them: http parsers would take the next name for a host
  if (/^(?:\/(?!\/)|\/{3}|[?#.]|$)/.test(text)) return { hosts: [], isSure: false };
  const url = readUrl(withScheme(text));
  if (!url || url.host.name === '') return { hosts: [], isSure: false };
  return { hosts: [url.host], isSure: !isDisputed(text) };
}

/** More than one `@`, or escapes and odd characters before the path: browsers, curl and libraries differ here. */
function isDisputed(text: string): boolean {
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/*([^/?#]*)/i.exec(text)?.[1] ?? '';
  const isBent = /^(?:https?|wss?|ftp):(?!\/\/[^/])/i.test(text) || /^[a-z][a-z0-9+.-]*:(?:\/(?!\/)|\/{3})/i.test(text);
  return isBent || authority.split('@').length > 2 || /[%<>^`{|}]/.test(authority);
}

function withScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  if (text.startsWith('//')) return `http:${text}`;
  // a scheme without slashes, unless what follows the colon is a port
  if (/^[a-z][a-z0-9+.-]*:(?!\d+(?:[/?#]|$))/i.test(text)) return text;
  return `http://${text}`;
}

/** Parsed by the WHATWG rules; the host of any other scheme is read by those of http, so that its odd forms show too. */
function readUrl(text: string): { host: Host } | null {
  const url = parse(text);
  if (!url || url.hostname === '') return null;
  const special = parse(`http://${url.hostname}`);
  if (!special) return null;
  const port = url.port === '' ? (defaultPorts[url.protocol] ?? null) : Number(url.port);
  return { host: { name: plainHost(special.hostname), port } };
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function plainHost(hostname: string): string {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  const mapped = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(name);
  if (!mapped) return name;
  const high = Number.parseInt(mapped[1] ?? '0', 16);
  const low = Number.parseInt(mapped[2] ?? '0', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function isAddress(name: string): boolean {
  return name.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
}
