import { describe, expect, test } from 'vitest';
import { placeApproval, restoreBounds } from '../../electron/shell/window-bounds.ts';

const preferred = { width: 1280, height: 800 };
const screen = { x: 0, y: 0, width: 1920, height: 1080 };

describe('restoreBounds', () => {
  test('opens at the preferred size the first time', () => {
    expect(restoreBounds(undefined, [screen], preferred)).toEqual(preferred);
  });

  test('opens where the window was left', () => {
    const saved = { x: 100, y: 50, width: 1000, height: 700, maximized: false };
    expect(restoreBounds(saved, [screen], preferred)).toEqual({ x: 100, y: 50, width: 1000, height: 700 });
  });

  test('keeps only the size when the screen is gone', () => {
    const saved = { x: 2500, y: 50, width: 1000, height: 700, maximized: false };
    expect(restoreBounds(saved, [screen], preferred)).toEqual({ width: 1000, height: 700 });
    expect(restoreBounds(saved, [screen, { ...screen, x: 1920 }], preferred)).toMatchObject({ x: 2500 });
  });

  test('keeps only the size when the title bar cannot be reached', () => {
    const above = { x: 100, y: -600, width: 1000, height: 700, maximized: false };
    expect(restoreBounds(above, [screen], preferred)).toEqual({ width: 1000, height: 700 });
  });
});

describe('placeApproval', () => {
  test('stands at the top right inside the work area', () => {
    const area = { x: 1920, y: 30, width: 1600, height: 970 };
    expect(placeApproval(area, { width: 520, height: 684 })).toEqual({ x: 2984, y: 46, width: 520, height: 684 });
  });

  test('never grows over a small screen', () => {
    const area = { x: 0, y: 0, width: 480, height: 500 };
    expect(placeApproval(area, { width: 520, height: 684 })).toEqual({ x: 0, y: 0, width: 480, height: 500 });
  });
});
