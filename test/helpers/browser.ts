import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';

/** A running browser, or why there is none to be had here (the reason a test gives to `context.skip`). */
export type BrowserBench = { browser: Browser } | { missing: string };

const cache = join(import.meta.dirname, '..', '..', '.cache');

// Quiet and off the network; nothing that weakens what pages may do (no --disable-web-security).
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const installed = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * Starts the first browser that works: the system's Chromium or Chrome, else the one that comes inside an npm package
 * (linux-x64 only). Its caller closes it.
 */
export async function launchBrowser(options: LaunchOptions = {}): Promise<BrowserBench> {
  const failures: string[] = [];
  for (const candidate of listCandidates()) {
    try {
      const launch = await candidate();
      return { browser: await chromium.launch({ ...launch, ...options, args: [...flags, ...(options.args ?? [])] }) };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  return { missing: `no browser starts here: ${failures.join('; ') || 'none is installed'}` };
}

/**
 * Lets the page draw what its timers have just changed: React does so in messages, which come in order and stand outside
 * the clock that a test moves. The second round is for what the first one's effects change.
 */
export function letDraw(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (let round = 0; round < 2; round += 1) {
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(null);
      });
    }
  });
}

type Candidate = () => Promise<LaunchOptions>;

function listCandidates(): Candidate[] {
  const present = installed.filter((path): path is string => path !== undefined && existsSync(path));
  const own: Candidate[] = present.map((executablePath) => async () => ({ executablePath }));
  return process.platform === 'linux' && process.arch === 'x64' ? [...own, findPacked, findPackedWithLibraries] : own;
}

/** The browser inside @sparticuz/chromium, unpacked once. */
async function findPacked(): Promise<LaunchOptions> {
  return { executablePath: join(await unpackBrowser(), 'chromium') };
}

/** The same with the libraries and fonts it brings, for a system that has none. */
async function findPackedWithLibraries(): Promise<LaunchOptions> {
  const folder = await unpackBrowser();
  const env = {
    ...process.env,
    LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
    FONTCONFIG_PATH: join(folder, 'fonts'),
  };
  return { executablePath: join(folder, 'chromium'), env };
}

async function unpackBrowser(): Promise<string> {
  const target = join(cache, 'packed-chromium');
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  // Unpacked elsewhere and then moved: a second test process must not meet half a browser.
  const folder = mkdtempSync(join(cache, 'packed-chromium-'));
  try {
    await unpackInto(folder);
    renameSync(folder, target);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}

/** The package always unpacks into the system's temporary folder, so that is what it is told this folder is. */
async function unpackInto(folder: string): Promise<void> {
  const packed = await import('@sparticuz/chromium');
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const bin = join(cache, '..', 'node_modules', '@sparticuz', 'chromium', 'bin');
    await packed.default.executablePath(bin);
    await packed.inflate(join(bin, 'al2023.tar.br'));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
