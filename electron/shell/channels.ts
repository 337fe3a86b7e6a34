/** The physical channels between a page and the main process. `request` and `event` carry the bridge contract. */
export const channels = {
  request: 'scopegate:request',
  /** An array of bridge events, in order. */
  event: 'scopegate:event',
  /** Hides the window that sends it. */
  hideWindow: 'scopegate:hide-window',
  takeClipboard: 'scopegate:take-clipboard',
  clearClipboard: 'scopegate:clear-clipboard',
} as const;
