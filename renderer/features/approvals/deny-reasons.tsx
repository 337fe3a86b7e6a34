import { useState } from 'react';
import type { DenyReason } from '../../../electron/shared/index.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { denyReasonWords } from './describe-approval.ts';
import type { Input } from './use-decide.ts';

interface DenyReasonsProps {
  isOn: boolean;
  onDeny: (input: Input, reason: DenyReason, note?: string) => void;
}

const plainReasons = ['not_asked', 'wrong_target', 'too_broad'] as const;
const longestNote = 280;

/** Deny with a reason, which the agent is told. */
export function DenyReasons({ isOn, onDeny }: DenyReasonsProps) {
  const [isWriting, setWriting] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <button type="button" className="big d more" aria-label="Deny with a reason" aria-disabled={!isOn}>
            <Icon name="down" small />
          </button>
        }
      >
        {plainReasons.map((reason) => (
          <MenuItem key={reason} disabled={!isOn} onSelect={() => onDeny('pointer', reason)}>
            {denyReasonWords[reason]}
          </MenuItem>
        ))}
        <MenuItem onSelect={() => setWriting(true)}>{denyReasonWords.other}</MenuItem>
      </Menu>
      {isWriting && (
        <NoteDialog
          isOn={isOn}
          onClose={() => setWriting(false)}
          onDeny={(note) => {
            setWriting(false);
            onDeny('pointer', 'other', note);
          }}
        />
      )}
    </>
  );
}

interface NoteDialogProps {
  isOn: boolean;
  onClose: () => void;
  onDeny: (note: string) => void;
}

function NoteDialog({ isOn, onClose, onDeny }: NoteDialogProps) {
  const [note, setNote] = useState('');
  return (
    <Dialog
      open
      onClose={onClose}
      title="Deny with a reason"
      description="The agent is told these words."
      footer={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Back</Button>
          <Button variant="no" icon="block" disabled={!isOn || note.trim() === ''} onClick={() => onDeny(note.trim())}>
            Deny
          </Button>
        </>
      }
    >
      <label className="field area">
        <textarea
          aria-label="Reason"
          rows={3}
          maxLength={longestNote}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
    </Dialog>
  );
}
