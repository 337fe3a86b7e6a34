import type { Armament, LinkCredentials, Opened, TokenRefusal } from '../arming.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpHead,
  type HttpReceiver,
  type HttpRequest,
} from '../wire/http-client.ts';
import { withheldFault } from './faults.ts';
import { LinkFault } from './link.ts';
import type { OpenContext } from './open-context.ts';

/** A request as it is handed to an armed client. */
export interface ArmedRequest extends HttpRequest {
  /**
   * Policy at the instant it is asked: before a request is sent whose credentials had to be waited for, and before a
   * refused one is sent once more. False: nothing is sent.
   */
  mayResend?(): boolean;
}

/**
 * The connections of a link. Every request, of a call or of housekeeping, gets the credentials of the link as they are at
 * this moment; they are bound to one origin, which is this client's, and no redirect is followed. A request the server
 * refuses for its token is sent once more when the token could be renewed: it was not carried out.
 */
export function createArmedClient(url: URL, context: OpenContext): HttpClient {
  const client = createHttpClient(url);
  const { credentials } = context;
  return {
    send: (request: ArmedRequest, receiver) =>
      new ArmedSending(client, credentials, context, request, receiver).start(),
    destroy: () => client.destroy(),
  };
}

/** One request on its way, with the wait for its credentials before it and a second try after it. */
class ArmedSending {
  readonly #client: HttpClient;
  readonly #credentials: LinkCredentials;
  readonly #context: OpenContext;
  readonly #request: ArmedRequest;
  readonly #receiver: HttpReceiver;
  #abort: () => void = () => {};
  #isAborted = false;
  #isSecondTry = false;

  constructor(
    client: HttpClient,
    credentials: LinkCredentials,
    context: OpenContext,
    request: ArmedRequest,
    receiver: HttpReceiver,
  ) {
    this.#client = client;
    this.#credentials = credentials;
    this.#context = context;
    this.#request = request;
    this.#receiver = receiver;
  }

  start(): () => void {
    this.#arm();
    return () => {
      this.#isAborted = true;
      this.#abort();
    };
  }

  #arm(): void {
    const armed = this.#credentials.forRequest();
    if (!(armed instanceof Promise)) this.#send(armed);
    else
      armed.then(
        (opened) => this.#sendAfterWait(opened),
        (error: Error) => this.#fail(error),
      );
  }

  /** A token that is renewed or a file that is read takes its time, and policy may be another one by then. */
  #sendAfterWait(opened: Opened<Armament>): void {
    if (this.#isAborted) return;
    if (this.#request.mayResend?.() ?? true) this.#send(opened);
    else this.#fail(withheldFault(this.#context.makeFault));
  }

  #send(opened: Opened<Armament>): void {
    if (this.#isAborted) return;
    if (!opened.ok) {
      const { message, fix } = opened.why;
      // never on the caller's own stack: it has not got the abort yet
      queueMicrotask(() => this.#fail(this.#context.makeFault('credential', { message, fix })));
      return;
    }
    const { headers, query } = opened.value;
    const { mayResend: _own, ...request } = this.#request;
    const armed = { ...request, headers: { ...request.headers, ...headers } };
    const encoded = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
    this.#abort = this.#client.send(encoded === '' ? armed : { ...armed, query: encoded }, this.#receive(opened.value));
  }

  #receive(used: Armament): HttpReceiver {
    const receiver = this.#receiver;
    return {
      onSent: () => receiver.onSent?.(),
      onHead: (head) => {
        const again = this.#isSecondTry ? null : this.#askAgain(head, used);
        if (again === null) receiver.onHead(head);
        else this.#sendAgain(again, head);
      },
      onData: (chunk) => receiver.onData(chunk),
      onEnd: () => receiver.onEnd(),
      onError: (error) => receiver.onError(error),
    };
  }

  #askAgain(head: HttpHead, used: Armament): Promise<Opened<unknown>> | null {
    const refusal = readRefusal(head);
    // a header that is written out in the server's configuration is not ours to renew
    const isOwn = this.#request.headers.authorization !== undefined && used.headers.authorization === undefined;
    return refusal === null || isOwn ? null : this.#credentials.refused(refusal, used);
  }

  /** The answer that refused the token is not read on; without a better one it is told why there is none. */
  #sendAgain(again: Promise<Opened<unknown>>, head: HttpHead): void {
    this.#abort();
    this.#isSecondTry = true;
    const tell = () => {
      if (this.#isAborted) return;
      this.#receiver.onHead(head);
      this.#receiver.onEnd();
    };
    again.then((better) => {
      if (this.#isAborted) return;
      if (!better.ok) this.#fail(this.#context.makeFault('credential', better.why));
      else if (this.#request.mayResend?.() ?? true) this.#arm();
      else tell();
    }, tell);
  }

  #fail(error: Error): void {
    if (!this.#isAborted) this.#receiver.onError(error);
  }
}

function readRefusal({ status, headers }: HttpHead): TokenRefusal | null {
  if (status !== 401 && status !== 403) return null;
  const challenge = headers['www-authenticate'];
  const wwwAuthenticate = Array.isArray(challenge) ? challenge.join(', ') : (challenge ?? null);
  // any other 403 is an answer to this request, not to its token
  if (status === 403 && !wwwAuthenticate?.includes('insufficient_scope')) return null;
  return { status, wwwAuthenticate };
}

/** True for an end that credentials or the wait for them caused: it is told as it is, not as a broken connection. */
export function isArmingFault(error: Error): error is LinkFault {
  return error instanceof LinkFault && (error.kind === 'credential' || error.kind === 'withheld');
}
