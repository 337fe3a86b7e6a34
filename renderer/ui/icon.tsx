import type { ReactNode } from 'react';

/** The whole symbol set, 16 × 16, stroked in the colour of the text. Names say what is drawn or meant in the look. */
const symbols = {
  check: <path d="M3.5 8.5l3 3 6-7" />,
  block: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M4.2 11.8l7.6-7.6" />
    </>
  ),
  hand: (
    <g transform="scale(.6667)" strokeWidth="2.25">
      <path d="M18 11V6a2 2 0 0 0-4 0M14 10V4a2 2 0 0 0-4 0v2M10 10.5V6a2 2 0 0 0-4 0v8M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.86-5.99-2.34l-3.6-3.6a2 2 0 0 1 2.83-2.82L7 15" />
    </g>
  ),
  run: (
    <>
      <circle cx="8" cy="8" r="5.5" opacity=".35" />
      <path d="M8 2.5A5.5 5.5 0 0 1 13.5 8" />
    </>
  ),
  fault: (
    <>
      <path d="M8 2.5l6 10.8H2z" />
      <path d="M8 6.6v3.2M8 11.6v.01" />
    </>
  ),
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  play: <path d="M5 3.5v9l7-4.5z" />,
  live: <path d="M1.5 8h3l2-4.5 3 9 2-4.5h3" />,
  agents: (
    <>
      <rect x="2" y="3" width="12" height="10" rx="1.5" />
      <path d="M5 6.2L7 8 5 9.8M8.5 10h2.5" />
    </>
  ),
  servers: (
    <>
      <rect x="2.5" y="2.8" width="11" height="4.4" rx="1" />
      <rect x="2.5" y="8.8" width="11" height="4.4" rx="1" />
      <path d="M5 5v.01M5 11v.01" />
    </>
  ),
  policy: (
    <>
      <path d="M2.5 4.5h6M12 4.5h1.5M2.5 11.5H4M7.5 11.5h6" />
      <circle cx="10.2" cy="4.5" r="1.7" />
      <circle cx="5.8" cy="11.5" r="1.7" />
    </>
  ),
  audit: (
    <>
      <rect x="3" y="2.5" width="10" height="11" rx="1.5" />
      <path d="M5.5 5.8h5M5.5 8.2h5M5.5 10.6h2.5" />
    </>
  ),
  analytics: <path d="M3 13V8.5M8 13V3M13 13V6" />,
  settings: (
    <>
      <circle cx="8" cy="8" r="2.2" />
      <path d="M8 1.8v2M8 12.2v2M14.2 8h-2M3.8 8h-2M12.4 3.6L11 5M5 11l-1.4 1.4M12.4 12.4L11 11M5 5L3.6 3.6" />
    </>
  ),
  download: <path d="M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10" />,
  key: (
    <>
      <circle cx="5.4" cy="10.6" r="2.9" />
      <path d="M7.5 8.5L13.3 2.7M10.6 5.4l2 2" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 3.2a1 1 0 0 0-1-.7h-6a1 1 0 0 0-1 1v6c0 .4.3.8.7 1" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.25" />
      <path d="M10.2 10.2l3.3 3.3" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
    </>
  ),
  unlock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
      <path d="M5.5 7V5a2.5 2.5 0 0 1 4.9-.7" />
    </>
  ),
  undo: <path d="M3 6.5h6.5a3.3 3.3 0 0 1 0 6.6H6M5.6 3.8L3 6.5l2.6 2.7" />,
  down: <path d="M4.5 6.5L8 10l3.5-3.5" />,
  right: <path d="M6.5 4.5L10 8l-3.5 3.5" />,
  left: <path d="M9.5 4.5L6 8l3.5 3.5" />,
  up: <path d="M4.5 9.5L8 6l3.5 3.5" />,
  plus: <path d="M8 3v10M3 8h10" />,
  x: <path d="M4 4l8 8M12 4l-8 8" />,
  more: <path d="M3.5 8v.01M8 8v.01M12.5 8v.01" strokeWidth="2" />,
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3l2 1.5" />
    </>
  ),
  refresh: <path d="M13 8a5 5 0 1 1-1.5-3.6M13 2.5V5h-2.5" />,
  info: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 7.5v3.2M8 5.2v.01" />
    </>
  ),
  mark: (
    <>
      <g strokeWidth="2">
        <path d="M4.95 3.1a5.8 5.8 0 0 0 0 9.8M11.05 3.1a5.8 5.8 0 0 1 0 9.8" />
      </g>
      <circle cx="8" cy="8" r="1.9" fill="currentColor" stroke="none" />
    </>
  ),
  link: <path d="M6.5 9.5l3-3M7 4.5l1-1a2.8 2.8 0 0 1 4 4l-1 1M9 11.5l-1 1a2.8 2.8 0 0 1-4-4l1-1" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof symbols;

/** Always beside a word or inside a labelled control, so it is hidden from assistive technology. */
export function Icon({ name, small = false }: { name: IconName /** 14 px instead of 16. */; small?: boolean }) {
  return (
    <svg className={small ? 'i s' : 'i'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {symbols[name]}
    </svg>
  );
}
