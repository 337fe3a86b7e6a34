import { readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { appHost } from './app-origin.ts';

/**
 * Everything a page of ours may do: run its own scripts, show its own styles, pictures and fonts. No network, no frames,
 * no forms, no inline script, no eval.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * Answers `app://scopegate/…` from one folder. Only plain names of known types below that folder are served; anything
 * else is 404, so a path can neither climb out nor name a hidden file.
 */
export function createAppProtocol(folder: string): (request: { url: string; method: string }) => Promise<Response> {
  return async (request) => {
    const file = request.method === 'GET' ? findFile(folder, request.url) : null;
    if (file === null) return answer(404, 'text/plain; charset=utf-8', 'Not found.');
    try {
      return answer(200, file.type, new Uint8Array(await readFile(file.path)));
    } catch {
      return answer(404, 'text/plain; charset=utf-8', 'Not found.');
    }
  };
}

/** The file behind an address, or null. Exported for its tests. */
export function findFile(folder: string, url: string): { path: string; type: string } | null {
  const { host, pathname } = new URL(url);
  if (host !== appHost) return null;
  // No decoding: names of built files need none, and an encoded `/` or `..` then has no meaning to abuse.
  const parts = pathname.slice(1).split('/');
  const isPlain = parts.every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));
  const type = contentTypes[extname(pathname)];
  if (!isPlain || type === undefined) return null;
  return { path: join(folder, parts.join(sep)), type };
}

function answer(status: number, type: string, body: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  });
}
