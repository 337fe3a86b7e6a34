import type { ClientDiffLine } from '../../../electron/shared/index.ts';
import { RawText } from '../../ui/raw-text.tsx';

const marks: Readonly<Record<ClientDiffLine['mark'], { sign: string; word: string; className: string }>> = {
  same: { sign: '', word: '', className: '' },
  added: { sign: '+', word: 'added', className: 'p' },
  removed: { sign: '−', word: 'removed', className: 'm' },
  gap: { sign: '⋯', word: 'unchanged lines left out', className: '' },
};

/** The lines of a file that change. Secrets are masked before they come here. */
export function ConfigDiff({ file, lines }: { file: string; lines: readonly ClientDiffLine[] }) {
  return (
    <section className="config-diff" aria-label={`Change to ${file}`}>
      <div className="lab">
        <code className="client-file">{file}</code>
      </div>
      <div className="well config-lines">
        {numbered(lines).map(({ key, line }) => (
          <div key={key} className={`l ${marks[line.mark].className}`}>
            <span aria-hidden="true">{marks[line.mark].sign}</span>
            <span>
              <span className="sr">{marks[line.mark].word} </span>
              <RawText text={line.text} />
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** Lines with a key of their own, as the same line may stand twice. */
function numbered(lines: readonly ClientDiffLine[]): { key: number; line: ClientDiffLine }[] {
  return lines.map((line, key) => ({ key, line }));
}
