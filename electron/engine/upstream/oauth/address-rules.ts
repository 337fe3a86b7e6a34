import { BlockList, isIP } from 'node:net';

/** Where the MCP server stands, as the person entered it; it bounds where its sign-in may lead. */
export type ServerPlace = 'loopback' | 'private' | 'public';

/** What an address is, for the question whether a server may send us there. */
type AddressKind = 'loopback' | 'private' | 'forbidden' | 'public';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const privateRanges = new BlockList();
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  privateRanges.addSubnet(net, bits, 'ipv4');
}
privateRanges.addSubnet('fc00::', 7, 'ipv6');

/** Link-local (cloud metadata lives there), "this network", multicast, reserved, and ways to write an IPv4 in IPv6. */
const forbidden = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  forbidden.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [
  ['::', 128],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  forbidden.addSubnet(net, bits, 'ipv6');
}

/** `::ffff:10.0.0.1` is the IPv4 address it carries. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (!mapped) return address;
  if (mapped[1] !== undefined) return mapped[1];
  const high = Number.parseInt(mapped[2] ?? '0', 16);
  const low = Number.parseInt(mapped[3] ?? '0', 16);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function addressKind(text: string): AddressKind {
  const address = unmapped(text);
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(address) === 0) return 'forbidden';
  if (loopback.check(address, family)) return 'loopback';
  if (forbidden.check(address, family)) return 'forbidden';
  return privateRanges.check(address, family) ? 'private' : 'public';
}

/** A URL's host as an address or name, without the brackets of IPv6. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isLoopbackName(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) !== 0 && addressKind(host) === 'loopback';
}

/** No public name server answers for these, so a stranger cannot point one at the person's network. */
const localNames = /(^[^.]+|\.(local|internal|lan|home\.arpa|intranet|corp|home))$/i;

/**
 * By what is written, not by what a name server says: the owner of a public name decides where it points, and could call
 * itself private for the moment of the question.
 */
export function placeOf(server: URL): ServerPlace {
  const host = bareHost(server);
  if (isLoopbackName(host)) return 'loopback';
  if (isIP(host) !== 0) return addressKind(host) === 'private' ? 'private' : 'public';
  return localNames.test(host) ? 'private' : 'public';
}

/** Why this URL must not be fetched or opened on behalf of the server; null: it may, as far as the text tells. */
export function refuseUrl(url: URL, server: URL): string | null {
  if (url.username !== '' || url.password !== '') return 'it holds a user name or password';
  if (url.protocol === 'https:') return null;
  if (url.protocol !== 'http:') return `its scheme is ${url.protocol.slice(0, 20)}`;
  if (!isLoopbackName(bareHost(url))) return 'it is not encrypted (http)';
  return placeOf(server) === 'loopback' ? null : 'it points at this machine';
}

/** Why no connection may go to this address for a URL of this server; null: it may. Asked for every address of a name. */
export function refuseAddress(address: string, url: URL, server: URL): string | null {
  const kind = addressKind(address);
  if (kind === 'forbidden') return 'it leads to a reserved address';
  if (kind === 'public') return null;
  const place = placeOf(server);
  if (kind === 'loopback') return place === 'loopback' ? null : 'it leads to this machine';
  // the person entered that very host, and calls go there already
  if (url.host === server.host) return null;
  return place === 'public' ? 'it leads into a private network' : null;
}
