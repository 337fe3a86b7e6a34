import type { JsonValue } from '../wire/json-rpc.ts';

/** RFC 5424 severities as MCP names them, least severe first. */
const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;
export type LogLevel = (typeof levels)[number];

export function readLogLevel(value: JsonValue | undefined): LogLevel | null {
  return levels.find((level) => level === value) ?? null;
}

/** True when a message of this level is wanted by who asked for `minimum`; a level nobody knows always passes. */
export function passesLevel(level: JsonValue | undefined, minimum: LogLevel): boolean {
  const known = readLogLevel(level);
  return known === null || levels.indexOf(known) >= levels.indexOf(minimum);
}

/** The one that lets more through. */
export function moreVerbose(a: LogLevel, b: LogLevel | null): LogLevel {
  return b !== null && levels.indexOf(b) < levels.indexOf(a) ? b : a;
}
