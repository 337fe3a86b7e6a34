import { existsSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The main window (and the browser), and the approval window of its own.
const pages = ['index.html', 'approval.html'].map((page) => join(import.meta.dirname, page)).filter(existsSync);

export default defineConfig({
  root: import.meta.dirname,
  // Relative: the same files are served from a custom protocol and from the headless host.
  base: './',
  publicDir: false,
  plugins: [react()],
  css: {
    transformer: 'lightningcss',
    // Chrome 114 is the oldest engine the pages are shown in: light-dark() and nesting are written out for it.
    lightningcss: { targets: { chrome: 114 << 16 } },
  },
  build: {
    target: 'chrome114',
    cssTarget: 'chrome114',
    sourcemap: false,
    // A strict CSP holds: no inline script, no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Served from this very machine: one file of this size is no wait.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { input: pages },
  },
});
