import { RawText } from '../../ui/raw-text.tsx';
import type { Json } from './describe-schema.ts';
import { type DiffLine, diffDefinition } from './diff-definition.ts';

const marks: Readonly<Record<DiffLine['mark'], { sign: string; word: string; className: string }>> = {
  removed: { sign: '−', word: 'was', className: 'm' },
  added: { sign: '+', word: 'is now', className: 'p' },
  same: { sign: '', word: '', className: '' },
};

/** What changed in a definition: grey − for what was, tinted + for what is. Not red or green: nothing is decided yet. */
export function DefinitionDiff({ before, after }: { before: Json; after: Json }) {
  const sections = diffDefinition(before, after);
  if (sections.length === 0) return <div className="well diff">Only the order of its members changed.</div>;
  return (
    <div className="well diff">
      {sections.map((section) => (
        <div key={section.title}>
          <div className="h f12">{section.title}</div>
          {numbered(section.lines).map(({ key, line }) => (
            <div key={key} className={`l ${marks[line.mark].className}`}>
              <span aria-hidden="true">{marks[line.mark].sign}</span>
              <span>
                <span className="sr">{marks[line.mark].word} </span>
                <DiffText line={line} />
              </span>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

function DiffText({ line }: { line: DiffLine }) {
  let offset = 0;
  return line.parts.map((part) => {
    const key = offset;
    offset += part.text.length + 1;
    return (
      <span key={key} className={part.isNew ? 'new' : undefined}>
        <RawText text={part.text} />
      </span>
    );
  });
}

/** Lines with a key of their own, as the same line may stand twice. */
function numbered(lines: readonly DiffLine[]): { key: number; line: DiffLine }[] {
  return lines.map((line, key) => ({ key, line }));
}
