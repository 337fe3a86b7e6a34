import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig, preview } from 'vite';

export interface ServedPage {
  /** `http://127.0.0.1:PORT/` of the scripted page. */
  address: string;
  close(): Promise<void>;
}

/** Builds the scripted page into a folder of its own and serves it on loopback. */
export async function servePage(name: string): Promise<ServedPage> {
  const root = join(import.meta.dirname, '..', '..', '..');
  const config: InlineConfig = {
    configFile: false,
    root: join(root, 'test', 'renderer', 'page'),
    plugins: [react()],
    css: { transformer: 'lightningcss' },
    build: {
      outDir: join(root, '.cache', `test-page-${name}`),
      emptyOutDir: true,
      minify: false,
      chunkSizeWarningLimit: 4096,
    },
    preview: { host: '127.0.0.1', port: 0 },
    logLevel: 'silent',
  };
  await build(config);
  const server = await preview(config);
  return { address: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}
