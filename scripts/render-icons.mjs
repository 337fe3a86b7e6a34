// Renders the pictures under assets/ from the drawings there: node scripts/render-icons.mjs
// Needs a Chromium (CHROMIUM, else /usr/bin/chromium) and Liberation Sans for the digits. The results are committed;
// run it again only when a drawing changes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const assets = join(dirname(dirname(fileURLToPath(import.meta.url))), 'assets');
const trayFolder = join(assets, 'tray');
const traySizes = [16, 22, 32, 44];
const iconSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
/** Chunk names of an .icns file by pixels. */
const icnsTypes = { 16: 'icp4', 32: 'icp5', 64: 'icp6', 128: 'ic07', 256: 'ic08', 512: 'ic09', 1024: 'ic10' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();

/** @param {string} svg @param {number} size @returns {Promise<Buffer>} */
async function render(svg, size) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`);
  return page.screenshot({ omitBackground: true });
}

/** @param {string} name */
const drawing = (name) => readFileSync(join(assets, `${name}.svg`), 'utf8');

/** @returns {Record<string, string>} one drawing for each state the tray can show */
function trayDrawings() {
  const pending = drawing('tray-pending');
  const [, before, after] = /^(.*<text [^>]*>)[^<]*(<\/text>.*)$/s.exec(pending) ?? [];
  if (before === undefined || after === undefined) throw new Error('tray-pending.svg has no number to replace');
  const opening = before.replace('system-ui', 'Liberation Sans');
  /** @type {Record<string, string>} */
  const states = {};
  for (const name of ['idle', 'active', 'paused', 'fault']) states[name] = drawing(`tray-${name}`);
  for (let count = 1; count <= 9; count += 1) states[`pending-${count}`] = `${opening}${count}${after}`;
  states['pending-more'] =
    `${opening.replace('<text ', '<text textLength="5.6" lengthAdjust="spacingAndGlyphs" ')}9+${after}`;
  return states;
}

/** An .ico of PNG pictures. @param {Map<number, Buffer>} pictures */
function packIco(pictures) {
  const header = Buffer.alloc(6 + 16 * pictures.size);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.size, 4);
  let offset = header.length;
  let entry = 6;
  for (const [size, png] of pictures) {
    header.writeUInt8(size % 256, entry); // 0 stands for 256
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
    entry += 16;
  }
  return Buffer.concat([header, ...pictures.values()]);
}

/** An .icns of PNG pictures. @param {Map<number, Buffer>} pictures */
function packIcns(pictures) {
  const chunks = [];
  for (const [size, type] of Object.entries(icnsTypes)) {
    const png = pictures.get(Number(size));
    if (png) chunks.push(chunk(type, png));
  }
  return chunk('icns', Buffer.concat(chunks));
}

/** @param {string} type @param {Buffer} body */
function chunk(type, body) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

rmSync(trayFolder, { recursive: true, force: true });
mkdirSync(trayFolder, { recursive: true });
for (const [state, svg] of Object.entries(trayDrawings())) {
  for (const size of traySizes) writeFileSync(join(trayFolder, `${state}-${size}.png`), await render(svg, size));
}

/** @type {Map<number, Buffer>} */
const icons = new Map();
for (const size of iconSizes) icons.set(size, await render(drawing('icon'), size));
await browser.close();

for (const size of [256, 1024]) writeFileSync(join(assets, `icon-${size}.png`), icons.get(size) ?? '');
writeFileSync(join(assets, 'icon.icns'), packIcns(icons));
writeFileSync(join(assets, 'icon.ico'), packIco(new Map([...icons].filter(([size]) => size <= 256))));
