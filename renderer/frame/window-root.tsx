import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Bridge } from '../bridge/client.ts';
import { EngineProvider } from '../state/engine-context.tsx';
import type { EngineStore } from '../state/store.ts';
import { ToastProvider } from '../ui/toast.tsx';
import { GuardedRouter } from './leave-guard.tsx';

// The engine answers at once or not at all, and says by events when something is out of date.
const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5000 } },
});

/** What every window needs around its content. */
export function WindowRoot({ bridge, store, children }: { bridge: Bridge; store: EngineStore; children: ReactNode }) {
  return (
    <EngineProvider bridge={bridge} store={store}>
      <QueryClientProvider client={queryClient}>
        <GuardedRouter>
          <ToastProvider>{children}</ToastProvider>
        </GuardedRouter>
      </QueryClientProvider>
    </EngineProvider>
  );
}
