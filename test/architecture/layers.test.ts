import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findImports, readSources, type SourceFile, type SourceImport } from './source-tree.ts';

/** What a folder may import: other folders of the project by prefix, and packages by name. */
interface Layer {
  folder: string;
  folders: string[];
  /** Packages and Node modules; null: any. */
  packages: string[] | null;
}

const engine = 'electron/engine/';
const shared = 'electron/shared/';

// What every room but core and wire shares: the engine's contracts, the faults they declare, the one event bus.
const commons = ['contract.ts', 'ports.ts', 'exchange.ts', 'arming.ts', 'faults.ts', 'event-bus.ts'];
const room = (name: string, ...others: string[]): Layer => ({
  folder: `${engine}${name}/`,
  folders: [shared, `${engine}${name}/`, ...others.map((other) => `${engine}${other}`)],
  packages: null,
});

// The table of ARCHITECTURE.md, most specific folder first: a file belongs to the first layer that holds it.
const layers: Layer[] = [
  { folder: shared, folders: [shared], packages: ['zod'] },
  {
    ...room('core', 'wire/json-rpc.ts'),
    packages: ['node:crypto', 'canonicalize', 'ajv', 're2js', 'zod'],
  },
  room('wire'),
  room('eras', 'core/', 'wire/'),
  room('downstream', 'core/', 'wire/', 'eras/', ...commons),
  room('upstream', 'core/', 'wire/', 'eras/', ...commons),
  room('vault', 'core/', 'wire/', 'store/vault-contract.ts', ...commons),
  room('store', 'core/', 'wire/json-rpc.ts', ...commons),
  room('client-configs', 'core/', ...commons),
  room('pipeline', 'core/', 'wire/', 'eras/', 'upstream/link.ts', ...commons),
  { folder: engine, folders: [engine, shared], packages: null },
  { folder: 'electron/shell/', folders: ['electron/shell/', engine, shared], packages: null },
  { folder: 'electron/headless/', folders: ['electron/headless/', engine, shared, 'scripts/'], packages: null },
  { folder: 'renderer/', folders: ['renderer/', shared], packages: null },
];

// Interfaces a host or the composition root passes in: any room of the engine but wire may name their types.
const contractFiles = /^electron\/engine\/(ports|exchange|contract|[\w-]+\/contract|upstream\/link|core\/stages)\.ts$/;

// The pipeline names the types of what it is handed; it never reaches for the thing itself.
const pipeline = `${engine}pipeline/`;
const resources = /^electron\/engine\/(upstream|store|vault)\//;

const layerOf = (path: string) => layers.find((layer) => path.startsWith(layer.folder));
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

function mayImport(file: SourceFile, imported: SourceImport): boolean {
  const layer = layerOf(file.path);
  if (!layer) return true;
  if (imported.target === null) {
    return layer.packages === null || layer.packages.includes(packageOf(imported.specifier));
  }
  if (layer.folders.some((folder) => imported.target?.startsWith(folder))) return true;
  if (!imported.isTypeOnly || !file.path.startsWith(engine)) return false;
  if (layer.folder === pipeline && resources.test(imported.target)) return true;
  return layer.folder !== `${engine}wire/` && contractFiles.test(imported.target);
}

const listForbidden = (files: SourceFile[], isForbidden: (file: SourceFile, imported: SourceImport) => boolean) =>
  files.flatMap((file) =>
    findImports(file)
      .filter((imported) => isForbidden(file, imported))
      .map((imported) => `${file.path} imports ${imported.specifier}`),
  );

const product = readSources('electron', 'renderer').filter(({ path }) => !path.endsWith('vite.config.ts'));

describe('the layers', () => {
  it('are all there to be looked at', () => {
    expect(product.length).toBeGreaterThan(20);
    for (const folder of [
      shared,
      `${engine}core/`,
      `${engine}wire/`,
      'electron/headless/',
      'electron/shell/',
      'renderer/',
    ]) {
      expect(
        product.some(({ path }) => path.startsWith(folder)),
        folder,
      ).toBe(true);
    }
  });

  it('import only what the table of the architecture allows them', () => {
    expect(listForbidden(product, (file, imported) => !mayImport(file, imported))).toEqual([]);
  });

  it('leave electron and electron-store to electron/shell (security)', () => {
    const isElectron = ({ specifier }: SourceImport) => ['electron', 'electron-store'].includes(packageOf(specifier));
    const outside = product.filter(({ path }) => !path.startsWith('electron/shell/'));
    expect(listForbidden(outside, (_file, imported) => isElectron(imported))).toEqual([]);
  });

  it('keep Node out of the contract and out of the pages', () => {
    const isNode = ({ specifier }: SourceImport) => specifier.startsWith('node:') || builtinModules.includes(specifier);
    const pages = product.filter(({ path }) => path.startsWith('renderer/') || path.startsWith(shared));
    expect(listForbidden(pages, (_file, imported) => isNode(imported))).toEqual([]);
  });

  it('take undici by its submodules, which also load where its root does not', () => {
    expect(listForbidden(product, (_file, { specifier, isTypeOnly }) => specifier === 'undici' && !isTypeOnly)).toEqual(
      [],
    );
  });

  it('see through every way to write an import', () => {
    const text = [
      "import { a,\n  b } from '../../shell/main.ts';",
      "import type { C } from './c.ts';",
      "export * from '../wire/d.ts';",
      "import 'electron';",
      "const e = await import('node:fs');",
    ].join('\n');
    const found = findImports({ path: 'electron/engine/core/x.ts', text });
    expect(found).toEqual([
      { specifier: '../../shell/main.ts', target: 'electron/shell/main.ts', isTypeOnly: false },
      { specifier: './c.ts', target: 'electron/engine/core/c.ts', isTypeOnly: true },
      { specifier: '../wire/d.ts', target: 'electron/engine/wire/d.ts', isTypeOnly: false },
      { specifier: 'electron', target: null, isTypeOnly: false },
      { specifier: 'node:fs', target: null, isTypeOnly: false },
    ]);
    const file = { path: 'electron/engine/core/x.ts', text };
    expect(found.filter((imported) => !mayImport(file, imported)).map(({ specifier }) => specifier)).toEqual([
      '../../shell/main.ts',
      '../wire/d.ts',
      'electron',
      'node:fs',
    ]);
  });
});
