import type { Json } from './lay-out-tree.ts';
import { splitUrl } from './url-host.ts';
import { makeVisible } from './visible-text.ts';

/** What a person should know about the texts of a value before trusting their look. */
export interface TextFindings {
  hidden: number;
  mixed: number;
  rightToLeft: number;
  /** Addresses whose real host is not the one that is written. */
  disguisedHosts: number;
}

/** Looks through every text and every name of a value, folded or not. */
export function inspectTexts(value: Json): TextFindings {
  const findings: TextFindings = { hidden: 0, mixed: 0, rightToLeft: 0, disguisedHosts: 0 };
  collect(value, findings);
  return findings;
}

/** The findings as short phrases, nothing when there are none. */
export function describeFindings(findings: TextFindings): string[] {
  const { hidden, mixed, rightToLeft, disguisedHosts } = findings;
  return [
    hidden > 0 ? `${hidden} hidden ${hidden === 1 ? 'character' : 'characters'}` : '',
    mixed > 0 ? `${mixed} ${mixed === 1 ? 'word' : 'words'} of mixed scripts` : '',
    rightToLeft > 0 ? 'text that runs right to left' : '',
    disguisedHosts > 0 ? 'an address that is not what it looks like' : '',
  ].filter((phrase) => phrase !== '');
}

function collect(value: Json, findings: TextFindings): void {
  if (typeof value === 'string') inspect(value, findings);
  else if (typeof value === 'object' && value !== null) {
    if (!Array.isArray(value)) for (const name of Object.keys(value)) inspect(name, findings);
    for (const item of Object.values(value)) collect(item, findings);
  }
}

function inspect(text: string, findings: TextFindings): void {
  const visible = makeVisible(text);
  findings.hidden += visible.hiddenCount;
  findings.mixed += visible.mixedCount;
  findings.rightToLeft += visible.hasRightToLeft ? 1 : 0;
  const realHost = splitUrl(text)?.realHost ?? null;
  findings.disguisedHosts += realHost === null ? 0 : 1;
}
