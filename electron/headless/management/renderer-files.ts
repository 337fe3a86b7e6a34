import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/** One file of the built renderer. */
export interface RendererFile {
  bytes: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/** Only these kinds are served; whatever else lies in the folder does not exist for a browser. */
const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Plain names only: no dot files, no `..`, no percent escapes, no backslashes. */
const servedPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** The file behind a URL path, `/` being `index.html`; null when there is none or it lies outside `folder`. */
export async function readRendererFile(folder: string, urlPath: string): Promise<RendererFile | null> {
  const wanted = urlPath === '/' ? '/index.html' : urlPath;
  const contentType = contentTypes[path.extname(wanted)];
  if (!servedPath.test(wanted) || contentType === undefined) return null;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, wanted));
    if (!file.startsWith(root + path.sep)) return null;
    return { bytes: new Uint8Array(await readFile(file)), contentType };
  } catch {
    return null;
  }
}

/** Shown at `/` while the renderer has not been built. */
export const rendererMissingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ScopeGate: not built</title>
<h1>The user interface has not been built</h1>
<p>The gateway itself runs. To build its interface, run <code>npm run build</code> in ScopeGate's folder, then reload this page.</p>
</html>
`;
