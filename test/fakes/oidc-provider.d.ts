// What the tests use of oidc-provider, which brings no types.
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

  export interface AccessToken {
    aud: string | string[];
    clientId: string;
    isValid: boolean;
    scopes: Set<string>;
  }
  export interface Interaction {
    prompt: { name: string };
    params: Record<string, string>;
  }
  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }
  export class Provider {
    constructor(issuer: string, configuration: object);
    proxy: boolean;
    readonly AccessToken: { find(token: string): Promise<AccessToken | undefined> };
    readonly Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => Grant;
    callback(): RequestListener;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
    on(
      event: string,
      listener: (context: { oidc: { params: Record<string, string> } }, ...rest: unknown[]) => void,
    ): this;
  }
}
