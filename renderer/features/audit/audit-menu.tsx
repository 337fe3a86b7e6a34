import { useState } from 'react';
import type { AuditOverview } from '../../../electron/shared/index.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { AuditSettings } from './audit-settings.tsx';
import { EvidenceDialog } from './evidence-dialog.tsx';

/** What is not needed every day: a report, and how the log is kept. */
export function AuditMenu({ overview }: { overview: AuditOverview | undefined }) {
  const [open, setOpen] = useState<'evidence' | 'settings' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Menu trigger={<IconButton icon="more" label="More for the log" />}>
        <MenuItem onSelect={() => setOpen('evidence')}>Evidence report…</MenuItem>
        <MenuItem onSelect={() => setOpen('settings')}>Keeping and searching…</MenuItem>
      </Menu>
      {open === 'evidence' && <EvidenceDialog onClose={close} />}
      {open === 'settings' && <AuditSettings overview={overview} onClose={close} />}
    </>
  );
}
