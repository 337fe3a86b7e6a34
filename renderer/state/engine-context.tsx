import { createContext, type ReactNode, useContext } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../bridge/client.ts';
import type { EngineState, EngineStore } from './store.ts';

interface EngineContextValue {
  bridge: Bridge;
  store: EngineStore;
}

const EngineContext = createContext<EngineContextValue | null>(null);

/** Gives every component below the bridge and the replica of the engine's state. */
export function EngineProvider({ bridge, store, children }: EngineContextValue & { children: ReactNode }) {
  return <EngineContext value={{ bridge, store }}>{children}</EngineContext>;
}

function useEngineContext(): EngineContextValue {
  const value = useContext(EngineContext);
  if (value === null) throw new Error('used outside EngineProvider');
  return value;
}

/** The bridge, for commands and paged reads. */
export function useBridge(): Bridge {
  return useEngineContext().bridge;
}

/** One value out of the replica. The selector must return a stable value: wrap one that makes arrays in `useShallow`. */
export function useEngineStore<T>(selector: (state: EngineState) => T): T {
  return useStore(useEngineContext().store, selector);
}
