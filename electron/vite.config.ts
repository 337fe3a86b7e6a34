import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'vite';

// Node and Electron supply these; packages with an addon find it beside their own files, so they stay where npm put them.
const withAddon = ['better-sqlite3', '@napi-rs/keyring'];
const supplied = ['electron', ...withAddon, ...builtinModules, /^node:/];

// Main and preload are CommonJS at es2022 so that every Electron since 25 can load them; a sandboxed preload can be
// nothing else. The headless host is a module for the project's own Node.
const targets = {
  main: { entry: 'shell/main.ts', fileName: 'main.cjs', format: 'cjs', target: 'es2022' },
  preload: { entry: 'shell/preload.ts', fileName: 'preload.cjs', format: 'cjs', target: 'es2022' },
  headless: { entry: 'headless/main.ts', fileName: 'main.mjs', format: 'es', target: 'node24' },
} as const;

function isTargetName(mode: string): mode is keyof typeof targets {
  return mode in targets;
}

export default defineConfig(({ mode }) => {
  if (!isTargetName(mode)) throw new Error(`unknown target "${mode}": one of ${Object.keys(targets).join(', ')}`);
  const { entry, fileName, format, target } = targets[mode];
  return {
    // Everything else goes into the bundle: a start then reads one file instead of several hundred.
    ssr: { noExternal: true, external: ['electron', ...withAddon] },
    build: {
      ssr: join(import.meta.dirname, entry),
      target,
      minify: false,
      sourcemap: true,
      copyPublicDir: false,
      rolldownOptions: {
        external: supplied,
        output: {
          format,
          entryFileNames: fileName,
          chunkFileNames: `[name]-[hash]${fileName.slice(-4)}`,
        },
      },
    },
  };
});
