import { useState } from 'react';
import type { ServerView } from '../../../electron/shared/index.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';

/** Signing in at one server. `url`: to be opened by hand, where the host could not open a browser. */
export function useSignIn(server: ServerView) {
  const bridge = useBridge();
  const toast = useToast();
  const { busy, run } = useCommand();
  const [url, setUrl] = useState<string | null>(null);
  const { id: serverId, name } = server;
  return {
    busy,
    url,
    signIn: () =>
      run(async () => {
        const started = await bridge.call('oauth.signIn', { serverId });
        setUrl(started.opened ? null : started.url);
      }),
    cancel: () =>
      run(async () => {
        await bridge.call('oauth.cancel', { serverId });
        setUrl(null);
      }),
    signOut: () =>
      run(async () => {
        const { revoked } = await bridge.call('oauth.signOut', { serverId });
        toast({
          text: revoked
            ? `Signed out of ${name}`
            : `Signed out of ${name} here. Its service did not take the token back; end it there too.`,
        });
      }),
  };
}
