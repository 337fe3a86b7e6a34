import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { ApprovalView, EditCheck } from '../../../electron/shared/index.ts';
import { explainError } from '../../bridge/client.ts';
import { isSameJson } from '../../lib/diff-tree.ts';
import type { Json } from '../../lib/lay-out-tree.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { TextArea } from '../../ui/field.tsx';
import { Segment } from '../../ui/segment.tsx';
import { type ParsedEdit, parseEditText, toEditText, withField } from './edit-draft.ts';
import { EditField } from './edit-field.tsx';
import type { Edited, EditState } from './use-card.ts';

type JsonObject = { [key: string]: Json };

interface EditArgumentsProps {
  approval: ApprovalView;
  /** The arguments with nothing masked. */
  original: Json;
  /** What the person made of them before; null: the original ones. */
  from: Edited | null;
  /** With what the engine found fit, with `from` when nothing was kept, or `none` when everything is as it was. */
  onEnd: (next: EditState) => void;
}

/** More fields than this are edited as one text. */
const maxFields = 40;
const checkMs = 300;

/** The arguments in fields or as one text. The engine checks them against the tool's schema and decides anew. */
export function EditArguments({ approval, original: given, from, onEnd }: EditArgumentsProps) {
  const original = toObject(given);
  const [text, setText] = useState(() => toEditText(from?.value ?? original));
  const [badFields, setBadFields] = useState<ReadonlySet<string>>(new Set());
  const hasFields = Object.keys(original).length > 0 && Object.keys(original).length <= maxFields;
  const [view, setView] = useState<'fields' | 'text'>(hasFields ? 'fields' : 'text');
  const section = useFirstFieldFocus();
  const parsed = parseEditText(text);
  const check = useEditCheck(approval, parsed);
  const isReady = parsed.ok && badFields.size === 0 && check.result?.ok === true;

  const setField = (name: string, next: Json | undefined) => {
    setBadFields((before) => toggled(before, name, next === undefined));
    if (next !== undefined && parsed.ok) setText(toEditText(withField(parsed.value, name, next)));
  };
  const finish = () => {
    if (!parsed.ok || !isReady || check.result === null) return;
    const isUnchanged = isSameJson(parsed.value, original);
    onEnd(isUnchanged ? { phase: 'none' } : { phase: 'edited', value: parsed.value, check: check.result });
  };

  const cancel = () => onEnd(from === null ? { phase: 'none' } : { ...from, phase: 'edited' });

  return (
    <section
      ref={section}
      className="well edit-args"
      aria-label="Edit arguments"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // It ends the edit, not the card.
        event.stopPropagation();
        cancel();
      }}
    >
      <div className="lab">
        Change the arguments <span className="grow" />
        {hasFields && (
          <Segment
            label="Edit as"
            value={view}
            options={[
              { value: 'fields', label: 'Fields', disabled: !parsed.ok },
              { value: 'text', label: 'JSON', disabled: badFields.size > 0 },
            ]}
            onChange={setView}
          />
        )}
      </div>
      {view === 'fields' && parsed.ok ? (
        Object.entries(parsed.value).map(([name, value]) => (
          <EditField key={name} name={name} value={value} onChange={(next) => setField(name, next)} />
        ))
      ) : (
        <TextArea label="Arguments as JSON" hideLabel mono rows={10} value={text} onChange={setText} />
      )}
      <p className="f12 edit-note" role="status">
        {describeState(parsed, badFields.size > 0, check)}
      </p>
      <div className="hs">
        <span className="grow" />
        <Button small onClick={cancel}>
          Cancel edit
        </Button>
        <Button small disabled={!isReady} onClick={finish}>
          Use these arguments
        </Button>
      </div>
    </section>
  );
}

function useFirstFieldFocus() {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    section.current?.querySelector<HTMLElement>('.edit-field input, textarea')?.focus();
  }, []);
  return section;
}

interface Check {
  isPending: boolean;
  result: EditCheck | null;
  failure: string | null;
}

function useEditCheck({ id, digest }: ApprovalView, parsed: ParsedEdit): Check {
  const bridge = useBridge();
  const edited = parsed.ok ? parsed.value : null;
  const asked = useSettled(edited, checkMs);
  const isSettled = JSON.stringify(asked) === JSON.stringify(edited);
  const query = useQuery({
    queryKey: ['approvals.checkEdit', id, digest, asked],
    queryFn: () => (asked === null ? null : bridge.call('approvals.checkEdit', { id, digest, edited: asked })),
    enabled: asked !== null,
  });
  if (!isSettled || query.isPending) return { isPending: true, result: null, failure: null };
  const failure = query.isError ? explainError(query.error) : null;
  return {
    isPending: false,
    result: query.data ?? null,
    failure: failure === null ? null : `${failure.message} ${failure.fix}`.trim(),
  };
}

function describeState(parsed: ParsedEdit, hasBadField: boolean, { isPending, result, failure }: Check): string {
  if (!parsed.ok) return parsed.message;
  if (hasBadField) return 'A value is not of the type it was.';
  if (isPending) return 'Checking…';
  if (failure !== null) return failure;
  if (result?.ok === false) return result.message;
  return 'You see the changes before you approve them. Both versions are logged.';
}

function toObject(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function toggled(before: ReadonlySet<string>, name: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(before);
  if (isIn) next.add(name);
  else next.delete(name);
  return next;
}
