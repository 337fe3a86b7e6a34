import { type JsonObject, type RawResponse, rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { openResponse } from './raw-message.ts';

const maxElicitations = 8;

/** What a `-32042` error wants opened. */
interface UrlRefusal {
  /** As parameters of `elicitation/create`. */
  pages: JsonObject[];
  /** False: the error holds more than these pages, or something else in their place. */
  isWhole: boolean;
}

/** Null: it is another error, or none. The code is read as every client reads it, however it is spelled. */
export function readUrlRefusal(response: RawResponse): UrlRefusal | null {
  if (response.has !== 'error') return null;
  const open = openResponse(response);
  if (open?.has !== 'error' || open.error.code !== rpcErrorCodes.urlElicitationRequired) return null;
  const { data } = open.error;
  const list = isObject(data) && Array.isArray(data.elicitations) ? data.elicitations : [];
  const pages = list
    .filter((item): item is JsonObject => isObject(item) && typeof item.url === 'string')
    .slice(0, maxElicitations)
    .map((item) => ({ ...item, mode: 'url' }));
  return { pages, isWhole: pages.length > 0 && pages.length === list.length };
}
