/** A program as it would be spawned. No shell reads any of it. */
export interface Launch {
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
}

/** What a sandbox is built from; every path is absolute, real and exists. */
export interface SandboxPlan {
  /** Hidden whole, whatever lies in it: the home folder, ScopeGate's own data. */
  hidden: string[];
  /** The server's own folder: writable, its home inside the sandbox. */
  ownDir: string;
  network: boolean;
  /** Files and folders of the program itself, and what the person listed to be read. */
  read: string[];
  write: string[];
}

/** True when `inner` is `outer` or lies in it. Both absolute and normal. */
export function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith('/') ? outer : `${outer}/`);
}
