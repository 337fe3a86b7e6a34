import type { LogPort } from './ports.ts';
import type { EchoGuard } from './wire/echo-guard.ts';

/** The host's log, with every known secret taken out of what is written to it. */
export function guardLog(log: LogPort, guard: EchoGuard): LogPort {
  const guarded =
    (level: keyof LogPort): LogPort['info'] =>
    (message, fields) =>
      log[level](guard.cleanText(message), fields === undefined ? undefined : guard.cleanValue(fields));
  return { info: guarded('info'), warn: guarded('warn'), error: guarded('error') };
}
