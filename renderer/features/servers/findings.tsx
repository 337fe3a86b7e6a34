import type { Finding } from '../../../electron/shared/index.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { Icon } from '../../ui/icon.tsx';
import { RawText } from '../../ui/raw-text.tsx';

/** What the scanner found in text from a server, each with its evidence. That nothing was found is no promise. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const shown = findings.filter(({ weight }) => weight !== 'note');
  const notes = findings.filter(({ weight }) => weight === 'note');
  if (findings.length === 0) return null;
  return (
    <ul className="findings" aria-label="Found in this definition">
      {[...shown, ...notes].map((finding) => (
        <li key={`${finding.rule} ${finding.path} ${finding.start}`} className={finding.weight}>
          <div className="hs">
            <Icon name={finding.weight === 'note' ? 'info' : 'fault'} small />
            <b>{finding.title}</b>
            <span className="t3 f12">{placeOf(finding.path)}</span>
          </div>
          <Evidence finding={finding} />
          <p className="t2 f12">{finding.advice}</p>
        </li>
      ))}
    </ul>
  );
}

function Evidence({ finding }: { finding: Finding }) {
  const { text, start, end } = finding.excerpt;
  if (text === '') return null;
  return (
    <p className="mono evidence">
      {start > 0 && <RawText text={text.slice(0, start)} />}
      <mark>
        <RawText text={text.slice(start, end)} />
      </mark>
      {end < text.length && <RawText text={text.slice(end)} />}
      {finding.decoded !== null && (
        <span className="decoded">
          <span className="t3">in clear </span>
          <RawText text={finding.decoded} />
        </span>
      )}
    </p>
  );
}

/** `/inputSchema/properties/path/description` as "path, description". */
function placeOf(pointer: string): string {
  const parts = pointer
    .replace(/~$/, '')
    .split('/')
    .filter((part) => part !== '' && part !== 'inputSchema' && part !== 'properties')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const where = parts.length === 0 ? 'the whole' : makeVisibleLine(parts.join(', '));
  return pointer.endsWith('~') ? `name of ${where}` : where;
}
