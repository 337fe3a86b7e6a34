/**
 * The form a resource's address takes where another server has the same one: the server's id before its scheme, or, for
 * `ui://` addresses whose scheme clients look at, before their host. Known by table, never taken apart.
 */
export function prefixUri(serverId: string, uri: string): string {
  const apps = 'ui://';
  return uri.startsWith(apps) ? `${apps}sg-${serverId}.${uri.slice(apps.length)}` : `sg-${serverId}+${uri}`;
}

/**
 * True when an address could come of this template (RFC 6570): its literal parts in order, anything in the place of each
 * expression. Linear in both.
 */
export function matchesTemplate(template: string, uri: string): boolean {
  const literals = template.split(/\{[^{}]*\}/);
  const first = literals[0] ?? '';
  const last = literals.at(-1) ?? '';
  if (literals.length === 1) return template === uri;
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found === -1) return false;
    at = found + literal.length;
  }
  return at <= uri.length - last.length;
}

/** How much of a template is fixed: of several that fit, the one that says most is meant. */
export function literalLength(template: string): number {
  return template.replace(/\{[^{}]*\}/g, '').length;
}
