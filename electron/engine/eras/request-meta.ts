import type { JsonObject, JsonValue } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { type LogLevel, readLogLevel } from './log-levels.ts';
import { metaKeys } from './modern-methods.ts';

/** The log level a request asks for (modern); null: it wants no log messages. */
export function requestLogLevel(params: JsonObject): LogLevel | null {
  return isObject(params._meta) ? readLogLevel(params._meta[metaKeys.logLevel]) : null;
}

/** The progress token of a request, if it gave one. */
export function progressTokenOf(params: JsonObject): string | number | null {
  const token: JsonValue | undefined = isObject(params._meta) ? params._meta.progressToken : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : null;
}
