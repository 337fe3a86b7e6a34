import { type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import type { BridgeChannel } from '../../electron/shared/index.ts';
import { createBridge } from '../bridge/client.ts';
import { findElectronChannel } from '../bridge/electron-channel.ts';
import { forgetSession, logIn } from '../bridge/login.ts';
import { createSocketChannel } from '../bridge/socket-channel.ts';
import { followEngine } from '../state/follow-engine.ts';
import { createEngineStore } from '../state/store.ts';
import { LoginPage } from './login-page.tsx';
import { WindowRoot } from './window-root.tsx';

/** Finds the host's channel, logs in where that is needed, and draws `content`. */
export async function startWindow(content: ReactNode): Promise<void> {
  const container = document.getElementById('root');
  if (container === null) throw new Error('the page has no #root');
  const root = createRoot(container);
  const electron = findElectronChannel();
  if (electron !== null) {
    drawWindow(root, electron, content);
    return;
  }
  const login = await logIn();
  if (login.kind === 'out') {
    root.render(<LoginPage refusal={login.refusal} />);
    return;
  }
  const onLoggedOut = () => {
    forgetSession();
    const fix = 'ScopeGate was started anew, or it was idle too long.';
    root.render(<LoginPage refusal={{ message: 'The session has ended.', fix }} />);
  };
  const channel = createSocketChannel({ origin: window.location.origin, secret: login.secret, onLoggedOut });
  drawWindow(root, channel, content);
}

/** The same for a channel that is there already. */
export function drawWindow(root: Root, channel: BridgeChannel, content: ReactNode): void {
  const bridge = createBridge(channel);
  const store = createEngineStore();
  followEngine(bridge, store);
  root.render(
    <StrictMode>
      <WindowRoot bridge={bridge} store={store}>
        {content}
      </WindowRoot>
    </StrictMode>,
  );
}
