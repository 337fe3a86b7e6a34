import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

/** What became of one request. `message`: one sentence, without any header's value. */
export type PostResult =
  | { kind: 'accepted'; body: Uint8Array }
  /** `retry`: later, since it may pass; in smaller pieces; or not before somebody has changed something. */
  | { kind: 'refused'; message: string; retry: 'later' | 'smaller' | 'held'; retryAfterMs: number | null };

export interface Post {
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  timeoutMs: number;
  abort: AbortSignal | null;
}

/** An answer to a batch is a few words; more is not read. */
const maxAnswerBytes = 64 * 1024;

/** The statuses OTLP/HTTP lets a sender try again after. */
const passing = new Set([429, 502, 503, 504]);

/** Sends one OTLP/HTTP request. Follows no redirect: the headers are meant for this address alone. Never rejects. */
export async function postBatch(post: Post): Promise<PostResult> {
  try {
    const answer = await exchange(post, await compress(post.body));
    return judge(answer, post.url);
  } catch (error) {
    return { kind: 'refused', message: explain(error, post), retry: 'later', retryAfterMs: null };
  }
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  body: Uint8Array;
}

function exchange({ url, headers, timeoutMs, abort }: Post, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'content-length': body.length,
      },
      ...(abort ? { signal: abort } : {}),
      // a connection of its own for each batch: nothing idles while there is nothing to say
      agent: false,
    });
    const timer = setTimeout(() => sent.destroy(new Error(timedOut)), timeoutMs);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    sent.on('error', (error) => end(() => reject(error)));
    sent.on('response', (response) => {
      readAnswer(response).then(
        (answer) => end(() => resolve(answer)),
        (error) => end(() => reject(error)),
      );
    });
    sent.end(body);
  });
}

const timedOut = 'timed out';

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = () =>
      resolve({
        status: response.statusCode ?? 0,
        retryAfter: response.headers['retry-after'],
        body: size > maxAnswerBytes ? new Uint8Array() : Buffer.concat(chunks),
      });
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxAnswerBytes) chunks.push(chunk);
      else response.destroy();
    });
    response.on('end', finish);
    // the status is known; what came after it was too much, or broke off
    response.on('close', () =>
      response.complete || size > maxAnswerBytes ? finish() : reject(new Error('broke off')),
    );
    response.on('error', reject);
  });
}

function judge({ status, retryAfter, body }: Answer, url: URL): PostResult {
  if (status >= 200 && status < 300) return { kind: 'accepted', body };
  const refused = (message: string, retry: 'later' | 'smaller' | 'held', retryAfterMs: number | null = null) =>
    ({ kind: 'refused', message, retry, retryAfterMs }) as const;
  if (status >= 300 && status < 400)
    return refused(`${url.host} sent us to another address (${status}). Redirects are not followed.`, 'held');
  if (status === 401 || status === 403)
    return refused(`${url.host} refused the credentials (${status}). Check the headers.`, 'held');
  if (status === 404) return refused(`${url.host} knows no ${url.pathname} (404). Check the address.`, 'held');
  if (status === 413) return refused(`${url.host} says the batch is too large (413).`, 'smaller');
  if (status === 400) return refused(`${url.host} could not read the batch (400).`, 'smaller');
  if (passing.has(status))
    return refused(`${url.host} is busy or away (${status}).`, 'later', readRetryAfter(retryAfter));
  return refused(`${url.host} answered with status ${status}.`, 'held');
}

const longestRetryAfterMs = 60 * 60_000;

/** Seconds, or a date. */
function readRetryAfter(text: string | undefined): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, longestRetryAfterMs) : null;
}

const reasons: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'this name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNRESET: 'it hung up',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'it cannot be reached',
  ETIMEDOUT: 'it did not answer',
  // the text of this error holds the value
  ERR_INVALID_CHAR: 'a header’s value holds a character no header may have',
};

/** Only codes and own words: an error's text can hold a header's value. */
function explain(error: unknown, { url, timeoutMs }: Post): string {
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
  if (error instanceof Error && error.message === timedOut)
    return `${url.host} did not answer within ${Math.round(timeoutMs / 1000)} seconds.`;
  return `${url.host} could not be used: ${reasons[code] ?? (code || 'the connection broke')}.`;
}
