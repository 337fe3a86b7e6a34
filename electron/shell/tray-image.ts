import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NativeImage } from 'electron';
import { nativeImage, nativeTheme } from 'electron';
import type { TrayIcon } from './tray-model.ts';

/** Pixels of the drawn pictures: macOS and Windows start from 16, Linux panels from 22. */
const sizes = { other: [16, 32], linux: [22, 44] } as const;

/** Desktops whose panel is dark whatever the theme. */
const darkPanels = /GNOME|Unity|Budgie/i;

/** Makes the tray's pictures from the black drawings in `assets/tray`. */
export function createTrayImages(folder: string, platform: NodeJS.Platform): (icon: TrayIcon) => NativeImage {
  const [small, large] = platform === 'linux' ? sizes.linux : sizes.other;
  return (icon) => {
    const isInverted = platform !== 'darwin' && isPanelDark(platform);
    const image = nativeImage.createEmpty();
    for (const [scaleFactor, size] of [
      [1, small],
      [2, large],
    ] as const) {
      const drawing = nativeImage.createFromBuffer(readFileSync(join(folder, `${icon}-${size}.png`)));
      const buffer = isInverted ? whiten(drawing) : drawing;
      image.addRepresentation({ scaleFactor, width: size, height: size, buffer: buffer.toPNG() });
    }
    // macOS colours a template by itself.
    if (platform === 'darwin') image.setTemplateImage(true);
    return image;
  };
}

function isPanelDark(platform: NodeJS.Platform): boolean {
  if (platform === 'linux' && darkPanels.test(process.env.XDG_CURRENT_DESKTOP ?? '')) return true;
  return nativeTheme.shouldUseDarkColors;
}

/** The same shape in white. Bitmaps are premultiplied: white is the alpha in every channel. */
function whiten(image: NativeImage): NativeImage {
  const pixels = image.toBitmap();
  for (let i = 0; i < pixels.length; i += 4) pixels.fill(pixels[i + 3] ?? 0, i, i + 3);
  return nativeImage.createFromBitmap(pixels, image.getSize());
}
