/** Position and size in device-independent pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface SavedBounds extends Box {
  maximized: boolean;
}

/** The part of a window's title bar, in pixels, that must lie on a screen for the person to get hold of it. */
const grip = { width: 120, height: 40 };

/**
 * Where the main window opens: as it was left, unless the screen it stood on is gone; then the size alone is kept and
 * the system places it.
 */
export function restoreBounds(
  saved: SavedBounds | undefined,
  workAreas: readonly Box[],
  preferred: { width: number; height: number },
): { x?: number; y?: number; width: number; height: number } {
  if (saved === undefined) return preferred;
  const titleBar = { x: saved.x, y: saved.y, width: saved.width, height: grip.height };
  if (workAreas.some((area) => isHeldBy(titleBar, area))) {
    return { x: saved.x, y: saved.y, width: saved.width, height: saved.height };
  }
  return { width: saved.width, height: saved.height };
}

/** Top right of the screen the person works on, inside its work area, with a margin. */
export function placeApproval(workArea: Box, size: { width: number; height: number }, margin = 16): Box {
  const width = Math.min(size.width, workArea.width);
  const height = Math.min(size.height, workArea.height);
  return {
    x: Math.max(workArea.x, workArea.x + workArea.width - width - margin),
    y: Math.min(workArea.y + margin, workArea.y + workArea.height - height),
    width,
    height,
  };
}

function isHeldBy(titleBar: Box, area: Box): boolean {
  const width = Math.min(titleBar.x + titleBar.width, area.x + area.width) - Math.max(titleBar.x, area.x);
  const height = Math.min(titleBar.y + titleBar.height, area.y + area.height) - Math.max(titleBar.y, area.y);
  return width >= grip.width && height >= grip.height;
}
