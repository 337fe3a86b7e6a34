import type { LogPort } from '../engine/ports.ts';

type Fields = Record<string, string | number | boolean | null>;

/** Logs to a stream, one `time=… level=… msg=… key=value` line per entry. */
export function createLogPort(stream: { write(text: string): unknown }, now: () => number): LogPort {
  const write = (level: string, message: string, fields: Fields = {}) => {
    const head: Fields = { time: new Date(now()).toISOString(), level, msg: message };
    const parts = Object.entries({ ...head, ...fields }).map(([key, value]) => `${key}=${formatValue(value)}`);
    stream.write(`${parts.join(' ')}\n`);
  };
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

const plainValue = /^[A-Za-z0-9._:/@+-]+$/;

/**
 * Anything but plain text is quoted, with every control, line-ending and direction-changing character escaped, so that text
 * from outside can neither start a new line nor rewrite one on a terminal.
 */
function formatValue(value: string | number | boolean | null): string {
  const text = String(value);
  if (plainValue.test(text)) return text;
  return JSON.stringify(text).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
