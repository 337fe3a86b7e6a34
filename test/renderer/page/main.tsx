import { createRoot } from 'react-dom/client';
import { ApprovalWindow } from '../../../renderer/features/approvals/approval-window.tsx';
import { App } from '../../../renderer/frame/app.tsx';
import { drawWindow } from '../../../renderer/frame/start-window.tsx';
import type { FakeChannel } from '../fake-channel.ts';
import { makeScene } from './scene.ts';

declare global {
  interface Window {
    fake: FakeChannel;
  }
}

// `?scene=empty`, `?window=approval`: which picture to draw. Never part of the product.
const query = new URLSearchParams(window.location.search);
window.fake = makeScene(query.get('scene') ?? 'live');
const container = document.getElementById('root');
if (container !== null) {
  drawWindow(createRoot(container), window.fake, query.get('window') === 'approval' ? <ApprovalWindow /> : <App />);
}
