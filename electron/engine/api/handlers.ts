import type { BridgeMethod, BridgeParams, BridgeResult } from '../../shared/index.ts';

/** What answers the bridge: one function for each method, given parsed parameters. Throws `BridgeFault` for refusals. */
export type Handlers = { [M in BridgeMethod]: (params: BridgeParams<M>) => BridgeResult<M> | Promise<BridgeResult<M>> };

export type HandlersFor<Prefix extends string> = Pick<Handlers, Extract<BridgeMethod, `${Prefix}.${string}`>>;
