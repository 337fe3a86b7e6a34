import type { BridgeEvent } from '../../electron/shared/index.ts';
import { type Bridge, explainError } from '../bridge/client.ts';
import { orderEvents } from './order-events.ts';
import { applyEvents, type EngineStore, takeSnapshot } from './store.ts';

/** Events are applied in batches, so that a burst of calls costs one render. Milliseconds. */
const batchMs = 16;
/** Before another snapshot is tried: after one that left a gap, and after one that failed. Milliseconds. */
const retryMs = { gap: 250, failed: 2000 };

/**
 * A question is about to bring up the window of a page that is still hidden, where a timer may take a second: it is drawn
 * meanwhile. Everything else can wait for that timer.
 */
function bringsUpWindow({ body }: BridgeEvent): boolean {
  return body.type === 'approval.changed' && globalThis.document?.hidden === true;
}

/**
 * Keeps the store in step with the engine: a snapshot, then the events after it, and a new snapshot whenever one is
 * missing, the epoch differs, or the connection was lost. Returns a function that ends it.
 */
export function followEngine(bridge: Bridge, store: EngineStore): () => void {
  let pending: BridgeEvent[] = [];
  let isTakingSnapshot = false;
  let isConnected = true;
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerIsForSnapshot = false;

  const later = (forSnapshot: boolean, ms: number) => {
    if (timer !== undefined && (timerIsForSnapshot || !forSnapshot)) return;
    clearTimeout(timer);
    timerIsForSnapshot = forSnapshot;
    timer = setTimeout(() => {
      timer = undefined;
      if (forSnapshot) void resync();
      else applyPending();
    }, ms);
  };

  const applyPending = () => {
    if (isTakingSnapshot || isEnded || pending.length === 0) return;
    const state = store.getState();
    const { apply, isComplete } = orderEvents(state.epoch, state.revision, pending);
    pending = isComplete ? [] : pending;
    if (apply.length > 0) store.setState(applyEvents(state, apply));
    if (!isComplete) void resync();
  };

  const resync = async (): Promise<void> => {
    if (isTakingSnapshot || isEnded || !isConnected) return;
    isTakingSnapshot = true;
    try {
      const snapshot = await bridge.call('snapshot', {});
      if (isEnded) return;
      const before = store.getState();
      store.setState({ ...takeSnapshot(before, snapshot), lastHeardAt: Date.now() });
      pending = pending.filter((event) => event.epoch !== before.epoch || event.epoch === snapshot.epoch);
      const { apply, isComplete } = orderEvents(snapshot.epoch, snapshot.revision, pending);
      pending = [];
      store.setState(applyEvents(store.getState(), apply));
      if (!isComplete) later(true, retryMs.gap);
    } catch (error) {
      if (isEnded) return;
      if (store.getState().phase !== 'ready') store.setState({ phase: 'failed', failure: explainError(error) });
      later(true, retryMs.failed);
    } finally {
      isTakingSnapshot = false;
    }
  };

  const stopEvents = bridge.onEvent((event) => {
    pending.push(event);
    if (isTakingSnapshot) return;
    if (bringsUpWindow(event)) applyPending();
    else later(false, batchMs);
  });
  const stopConnection = bridge.onConnection((connection) => {
    const wasConnected = isConnected;
    isConnected = connection.connected;
    store.setState({ connection });
    if (connection.connected && !wasConnected) void resync();
  });
  if (isConnected) void resync();

  return () => {
    isEnded = true;
    clearTimeout(timer);
    stopEvents();
    stopConnection();
  };
}
