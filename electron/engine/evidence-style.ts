import type { Html } from './html-text.ts';
import { html } from './html-text.ts';

/** Plain, on white, for the screen and for paper. */
export const evidenceStyle: Html = html`
body { font: 13px/20px system-ui, sans-serif; color: #1d1f22; background: #fff; max-width: 1040px; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 22px; line-height: 28px; margin: 0 0 8px; }
h2 { font-size: 15px; line-height: 20px; margin: 32px 0 8px; padding-top: 12px; border-top: 1px solid #d9dbde; }
h3 { font-size: 13px; margin: 16px 0 4px; }
p, ul { margin: 0 0 8px; }
dl { display: flex; flex-wrap: wrap; gap: 8px 40px; margin: 0 0 16px; }
dt { color: #5d6167; font-size: 12px; }
dd { margin: 0; font-size: 17px; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 16px; font-size: 12px; line-height: 16px; }
th { text-align: left; font-weight: 500; color: #5d6167; border-bottom: 1px solid #a9adb3; }
th, td { padding: 4px 12px 4px 0; vertical-align: top; overflow-wrap: anywhere; }
td { border-bottom: 1px solid #e6e8ea; font-variant-numeric: tabular-nums; }
.note { border-left: 2px solid #a9adb3; padding-left: 12px; color: #43474c; }
@page { margin: 16mm 14mm; }
@media print {
  body { margin: 0; padding: 0; max-width: none; font-size: 10pt; line-height: 14pt; }
  table { font-size: 8.5pt; line-height: 12pt; }
  thead { display: table-header-group; }
  tr, h3 { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
