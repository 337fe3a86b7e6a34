const longestId = 24;

/** A valid, unused server id made from a name: `GitHub (work)` → `github-work`, then `github-work-2`. */
export function makeServerId(name: string, taken: ReadonlySet<string>): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const base =
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, longestId)
      .replace(/^-+|-+$/g, '') || 'server';
  if (!taken.has(base)) return base;
  for (let count = 2; ; count += 1) {
    const suffix = `-${count}`;
    const id = base.slice(0, longestId - suffix.length).replace(/-+$/, '') + suffix;
    if (!taken.has(id)) return id;
  }
}
