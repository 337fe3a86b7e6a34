/**
 * The part of undici's pool that is used here. The submodule is imported because the package root does not load in
 * every Electron runtime the app is tested on, and the submodule has no types of its own.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  interface PoolOptions {
    connections: number;
    pipelining: number;
    allowH2: boolean;
    /** Milliseconds; 0 = none. */
    headersTimeout: number;
    bodyTimeout: number;
    connect: { timeout: number };
  }
  interface DispatchController {
    abort(reason: Error): void;
  }
  interface DispatchHandler {
    onRequestStart(controller: DispatchController): void;
    onResponseStart(
      controller: DispatchController,
      status: number,
      headers: Record<string, string | string[] | undefined>,
    ): void;
    onResponseData(controller: DispatchController, chunk: Buffer): void;
    onResponseEnd(controller: DispatchController): void;
    onResponseError(controller: DispatchController, error: Error): void;
  }
  class Pool {
    constructor(origin: string, options: PoolOptions);
    dispatch(
      request: { path: string; method: string; headers: Record<string, string>; body: string | Buffer | null },
      handler: DispatchHandler,
    ): boolean;
    destroy(): Promise<void>;
  }
  export = Pool;
}
