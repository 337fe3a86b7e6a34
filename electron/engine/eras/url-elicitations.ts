import { type JsonObject, type RawResponse, rpcErrorCodes } from '../wire/json-rpc.ts';
import { isObject } from '../wire/parse-message.ts';
import { openResponse } from './raw-message.ts';

const marker = Buffer.from(String(rpcErrorCodes.urlElicitationRequired));
const maxElicitations = 8;

/** The pages a `-32042` error wants opened, as parameters of `elicitation/create`; empty: it is another error. */
export function readUrlElicitations(response: RawResponse): JsonObject[] {
  if (response.has !== 'error' || response.bytes.indexOf(marker) === -1) return [];
  const open = openResponse(response);
  if (open?.has !== 'error' || open.error.code !== rpcErrorCodes.urlElicitationRequired) return [];
  const { data } = open.error;
  const list = isObject(data) && Array.isArray(data.elicitations) ? data.elicitations : [];
  return list
    .filter((item): item is JsonObject => isObject(item) && typeof item.url === 'string')
    .slice(0, maxElicitations)
    .map((item) => ({ ...item, mode: 'url' }));
}
