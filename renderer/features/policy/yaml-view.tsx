import { useRef, useState } from 'react';
import type { ImportPreview, ImportProblem } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Button } from '../../ui/button.tsx';
import { CopyLink } from '../../ui/copy-link.tsx';
import { LoadError, Skeleton } from '../../ui/placeholder.tsx';
import { RawText } from '../../ui/raw-text.tsx';
import { Segment } from '../../ui/segment.tsx';
import { describeAdded, describeOther, isOther } from './import-words.ts';
import { lintWords } from './policy-words.ts';
import { findOffset } from './text-position.ts';
import { useAgentNames } from './use-agent-names.ts';
import { usePolicyQuery, usePolicyWriter } from './use-policy.ts';

type Mode = 'merge' | 'replace';

const modes = [
  { value: 'merge', label: 'Add and change', hint: 'What the text does not name stays.' },
  { value: 'replace', label: 'Replace all', hint: 'What the text does not name is removed.' },
] as const;

/** The advanced view: policy as one text, out and in. Nothing is applied before the preview is right. */
export function YamlView() {
  return (
    <>
      <ExportPane />
      <ImportPane />
    </>
  );
}

function ExportPane() {
  const exported = usePolicyQuery('policy.export', {}, (bridge) => bridge.call('policy.export', {}));
  const text = exported.data?.text;
  return (
    <section className="pane yaml-out" aria-label="Policy as YAML">
      <div className="yaml-bar">
        <h2 className="grow">As it is now</h2>
        {text !== undefined && (
          <>
            <CopyLink text={text} />
            <button type="button" className="lnk" onClick={() => saveText(text)}>
              Save as a file
            </button>
          </>
        )}
      </div>
      {exported.isLoading && <Skeleton label="Writing the text" />}
      {exported.error !== null && (
        <LoadError
          title="The text could not be made"
          detail={`${exported.error.message} ${exported.error.fix}`.trim()}
          stillWorks="Policy itself works as before."
          onRetry={exported.retry}
        />
      )}
      {text !== undefined && (
        <textarea
          className="mono yaml-text"
          aria-label="Policy as it is now, YAML"
          readOnly
          spellCheck={false}
          value={text}
        />
      )}
    </section>
  );
}

/** Hands the text to the browser as a download. */
function saveText(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'scopegate-policy.yaml';
  link.click();
  // The download has begun by the time the next task runs.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

function ImportPane() {
  const [text, setText] = useState('');
  const [mode, setMode] = useState<Mode>('merge');
  const field = useRef<HTMLTextAreaElement>(null);
  const settled = useSettled({ text, mode }, 300);
  const preview = usePolicyQuery(
    'policy.previewImport',
    settled,
    (bridge) => bridge.call('policy.previewImport', settled),
    settled.text.trim() !== '',
  );
  const isPreviewOf = settled.text === text && settled.mode === mode && text.trim() !== '';
  const showAt = ({ line, column }: ImportProblem): void => {
    const at = findOffset(text, line, column);
    field.current?.focus();
    field.current?.setSelectionRange(at, Math.min(text.length, at + 1));
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) setText(await file.text());
  };
  return (
    <section className="pane yaml-in" aria-label="Import">
      <div className="yaml-bar">
        <h2 className="grow">Import</h2>
        <label className="lnk file-link">
          Open a file
          <input
            type="file"
            className="sr"
            accept=".yaml,.yml,.json"
            onChange={(event) => void open(event.target.files?.[0])}
          />
        </label>
        <Segment label="What an import does" value={mode} options={modes} onChange={setMode} />
      </div>
      <div className="yaml-field">
        <span className="field area" data-mono="">
          <textarea
            ref={field}
            aria-label="Policy to import, YAML"
            placeholder="Paste a policy here; what it would change is shown below."
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </span>
      </div>
      {preview.error !== null && (
        <LoadError
          title="The text could not be looked at"
          detail={`${preview.error.message} ${preview.error.fix}`.trim()}
          stillWorks="Nothing was changed."
          onRetry={preview.retry}
        />
      )}
      {isPreviewOf && preview.data !== undefined && preview.error === null && (
        <Preview preview={preview.data} onShow={showAt} onDone={() => setText('')} />
      )}
    </section>
  );
}

interface PreviewProps {
  preview: ImportPreview;
  onShow: (problem: ImportProblem) => void;
  onDone: () => void;
}

function Preview({ preview, onShow, onDone }: PreviewProps) {
  const { busy, change } = usePolicyWriter();
  const nameOf = useAgentNames();
  const { problems, changes, added, changed, removed, same, lint } = preview;
  if (problems.length > 0) {
    return (
      <div className="yaml-preview" role="alert">
        <p>
          <b>Nothing can be imported yet.</b> {countOf(problems.length, 'problem')} in the text.
        </p>
        <ul className="notes">
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column} ${problem.message}`}>
              <button type="button" className="lnk num" onClick={() => onShow(problem)}>
                {problem.line}:{problem.column}
              </button>
              <span>
                <RawText text={problem.message} />
              </span>
            </li>
          ))}
        </ul>
      </div>
    );
  }
  const done = `Imported: ${countOf(changes.length, 'change')}`;
  return (
    <div className="yaml-preview" aria-live="polite">
      <div className="hs">
        <p className="grow">
          {changes.length === 0
            ? 'This is what policy is already.'
            : `${countOf(changes.length, 'change')}, ${same} unchanged.`}
        </p>
        <Button
          variant="primary"
          busy={busy}
          disabled={changes.length === 0}
          onClick={() => void change([...changes], done).then((isDone) => isDone && onDone())}
        >
          Import
        </Button>
      </div>
      <div className="diff">
        {changes.filter(isOther).map((one) => (
          <DiffLine key={JSON.stringify(one)} sign="+" text={describeOther(one, nameOf)} />
        ))}
        {added.map((id) => (
          <DiffLine key={`+${id}`} sign="+" text={describeAdded(id, changes, nameOf)} />
        ))}
        {changed.map(({ id, before, after }) => (
          <div key={id}>
            <DiffLine sign="−" text={before} />
            <DiffLine sign="+" text={after} />
          </div>
        ))}
        {removed.map((id) => (
          <DiffLine key={`−${id}`} sign="−" text={`The rule ${id}`} />
        ))}
      </div>
      {lint.length > 0 && (
        <ul className="notes">
          {lint.map((finding) => (
            <li key={`${finding.ruleId} ${finding.kind}`}>
              <span className="tag">{lintWords[finding.kind]}</span>
              <span>
                <RawText text={finding.message} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function DiffLine({ sign, text }: { sign: '+' | '−'; text: string }) {
  return (
    <div className={sign === '+' ? 'l p' : 'l'}>
      <span>{sign}</span>
      <span>
        <RawText text={text} />
      </span>
    </div>
  );
}
