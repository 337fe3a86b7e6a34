/** One thing `scopegate doctor` looked at. */
export interface Finding {
  name: string;
  /** `warn`: works, with less than there could be. `skipped`: could not be looked at. */
  status: 'ok' | 'warn' | 'fail' | 'skipped';
  found: string;
  /** What to do next; empty when there is nothing to do. */
  next: string;
}

export const ok = (name: string, found: string): Finding => ({ name, status: 'ok', found, next: '' });
export const warn = (name: string, found: string, next: string): Finding => ({ name, status: 'warn', found, next });
export const fail = (name: string, found: string, next: string): Finding => ({ name, status: 'fail', found, next });
export const skipped = (name: string, found: string, next: string): Finding => ({
  name,
  status: 'skipped',
  found,
  next,
});

/** Broken I/O in one line, without a stack. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n', 1)[0] ?? '').slice(0, 300);
}
