type Encoder = typeof import('./encode-batch.ts');

/** What the packages of OpenTelemetry ask for; an older runtime would fail somewhere inside them. */
const oldestNode = [22, 15] as const;

/** Why nothing can be exported by this runtime; null where it can. */
export function whyUnsupported(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return null;
  return `Exporting needs Node ${oldestNode.join('.')} or newer; this program runs on ${version}. Everything else works.`;
}

/** Loads the packages the first time they are needed, so that they cost nothing while nothing is exported. */
export async function loadEncoder(): Promise<Encoder> {
  const reason = whyUnsupported(process.versions.node);
  if (reason !== null) throw new Error(reason);
  return import('./encode-batch.ts');
}
