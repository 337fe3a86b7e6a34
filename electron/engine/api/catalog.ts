import { BridgeFault } from '../faults.ts';
import { type Bundle, readBundle, unpackBundle } from '../server-catalog/bundle-file.ts';
import { bundleFields, planBundle } from '../server-catalog/bundle-plan.ts';
import { CatalogBook } from '../server-catalog/catalog-book.ts';
import { planServer, viewEntry } from '../server-catalog/install-plan.ts';
import type { EngineParts } from './context.ts';
import type { HandlersFor } from './handlers.ts';

const shownEntries = 50;

/** Looks servers up and plans them. None of it adds or starts anything: that is `servers.add`, with what was shown. */
export function makeCatalogHandlers(parts: EngineParts): HandlersFor<'catalog'> {
  const { dataDir, clock } = parts.ports;
  const book = new CatalogBook(dataDir, () => clock.now());

  return {
    'catalog.search': async ({ query }) => {
      const { found, total, source } = await book.search(query, shownEntries);
      return { entries: found.map(viewEntry), total, source };
    },
    'catalog.update': async () => {
      try {
        return await book.update();
      } catch (error) {
        const why = error instanceof Error ? error.message : 'It broke in an unexpected way.';
        throw new BridgeFault(
          'unavailable',
          `The registry could not be fetched: ${why}`,
          'What is listed stays as it is; try again when you are online.',
        );
      }
    },
    'catalog.plan': async ({ name, option, values }) => {
      const server = await book.find(name);
      const plan = server && planServer(server, option, values);
      if (plan) return plan;
      throw new BridgeFault('not_found', 'This server is not in the catalog any more.', 'Search for it again.');
    },
    'catalog.bundle': async ({ path }) => describeBundle(await readBundle(path)),
    'catalog.unpack': async ({ path, hash, values }) => {
      const bundle = await readBundle(path);
      if (bundle.hash !== hash) {
        throw new BridgeFault('stale', 'The file changed since you looked at it.', 'Look at it again.');
      }
      // Asked first with a folder that is not there: nothing is unpacked for values that do not fit.
      const trial = planBundle(bundle.manifest, dataDir, values);
      if (trial.transport === null) return trial;
      const record = { hash, name: bundle.manifest.name, version: bundle.manifest.version };
      if (!parts.audit.append({ event: 'catalog.bundle_unpacked', actor: 'person', details: record })) {
        throw new BridgeFault(
          'unavailable',
          'The audit log cannot be written, so nothing was unpacked.',
          'Free disk space.',
        );
      }
      return planBundle(bundle.manifest, await unpackBundle(bundle, dataDir), values);
    },
  };
}

function describeBundle({ hash, manifest, files, bytes }: Bundle) {
  return {
    hash,
    name: manifest.display_name ?? manifest.name,
    version: manifest.version,
    description: manifest.description ?? '',
    author: manifest.author.name,
    kind: manifest.server.type,
    files: files.length,
    bytes,
    fields: bundleFields(manifest),
  };
}
