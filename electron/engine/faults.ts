import type { BridgeErrorBody } from '../shared/index.ts';

/** An expected refusal of a request from the UI, with what to do next. Everything else thrown in a handler is a bug. */
export class BridgeFault extends Error {
  override readonly name = 'BridgeFault';
  readonly body: BridgeErrorBody;
  constructor(code: BridgeErrorBody['code'], message: string, fix = '') {
    super(message);
    this.body = { code, message, fix };
  }
}
