import Pool from 'undici/lib/dispatcher/pool.js';

export interface HttpHead {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Exactly one of `onEnd` and `onError` comes last; neither does after the request was aborted. */
export interface HttpReceiver {
  /** The request is being written to its connection. */
  onSent?(): void;
  onHead(head: HttpHead): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  headers: Record<string, string>;
  /** Joins the address's own query: `name=value`, encoded. */
  query?: string;
  body: string | Buffer | null;
}

/** Keep-alive connections to one address. Redirects are answers like any other: none is followed. */
export interface HttpClient {
  /** Sends and returns the abort, which closes the connection when the answer is not complete. */
  send(request: HttpRequest, receiver: HttpReceiver): () => void;
  /** Ends every connection at once. Never rejects. */
  destroy(): Promise<void>;
}

/** Calls wait for people and long tools: the caller's own timers bound them, not the connection. */
const noTimeout = 0;
const connectTimeoutMs = 10_000;
const maxConnections = 256;

/** A client for one URL; `path` and query are the URL's own on every request. */
export function createHttpClient(url: URL): HttpClient {
  const pool = new Pool(url.origin, {
    connections: maxConnections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: noTimeout,
    bodyTimeout: noTimeout,
    connect: { timeout: connectTimeoutMs },
  });
  const path = url.pathname + url.search;
  let destroyed: Promise<void> | null = null;
  return {
    send(request, receiver) {
      let abortNow: (() => void) | null = null;
      let isAborted = false;
      pool.dispatch(
        { path: withQuery(path, request.query), method: request.method, headers: request.headers, body: request.body },
        {
          onRequestStart(controller) {
            abortNow = () => controller.abort(new Error('aborted'));
            if (isAborted) abortNow();
            else receiver.onSent?.();
          },
          onResponseStart(_controller, status, headers) {
            if (status >= 200 && !isAborted) receiver.onHead({ status, headers });
          },
          onResponseData(_controller, chunk) {
            if (!isAborted) receiver.onData(chunk);
          },
          onResponseEnd() {
            if (!isAborted) receiver.onEnd();
          },
          onResponseError(_controller, error) {
            if (!isAborted) receiver.onError(error);
          },
        },
      );
      return () => {
        isAborted = true;
        abortNow?.();
      };
    },
    destroy() {
      // what is left of a connection that is broken already is nobody's concern, and some callers do not wait
      destroyed ??= pool.destroy().catch(() => undefined);
      return destroyed;
    },
  };
}

function withQuery(path: string, query: string | undefined): string {
  return query ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path;
}
