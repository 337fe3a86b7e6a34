import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { countOf, formatBytes, formatMoment } from '../../lib/format.ts';
import { useBridge, useEngineStore } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { SelectMenu } from '../../ui/menu.tsx';
import { Skeleton } from '../../ui/placeholder.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { AuditSettings } from '../audit/audit-settings.tsx';
import { useProof } from '../audit/use-proof.ts';
import { usePolicy } from '../policy/use-policy.ts';
import { ReadError } from './read-error.tsx';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { useProgram } from './use-program.ts';

/** What is kept on this disk, how safely, and for how long. */
export function DataSettings() {
  const engine = useEngineStore((state) => state.engine);
  return (
    <>
      <AuditRows />
      <KeptArguments />
      <Backups />
      {engine !== null && (
        <SettingGroup title="On this disk">
          <SettingRow title="Data folder" text={<code className="set-path">{engine.dataDir}</code>}>
            <CopyButton text={engine.dataDir} label="Copy folder" small={false} />
          </SettingRow>
          <SettingRow
            title="The engine’s own key"
            text={
              engine.keyProtection === 'os-keyring'
                ? 'In the system’s keyring: only your session can open it.'
                : 'In a file only your account may read; nothing else protects it.'
            }
          />
        </SettingGroup>
      )}
    </>
  );
}

const durabilityWords = {
  'by-tier': 'Decisions on tools that write survive a power cut; every entry survives a crash.',
  full: 'Every entry survives a power cut.',
  normal: 'Every entry survives a crash; the last moments may be lost with the power.',
} as const;

function AuditRows() {
  const bridge = useBridge();
  const epoch = useEngineStore((state) => state.epoch);
  const proof = useProof();
  const { data: overview } = useQuery({
    queryKey: ['audit.overview', epoch],
    queryFn: () => bridge.call('audit.overview', {}),
  });
  const [isOpen, setOpen] = useState(false);
  return (
    <SettingGroup title="Audit log">
      {proof === undefined && <Skeleton label="Loading the audit log’s settings" />}
      {proof !== undefined && (
        <>
          <SettingRow
            title={`${countOf(proof.rows, 'row')}, ${formatBytes(proof.bytes)}`}
            text={tellRetention(proof.retention)}
          >
            <Button onClick={() => setOpen(true)}>Change what is kept</Button>
          </SettingRow>
          <SettingRow title="Safety of an entry" text={durabilityWords[proof.durability]} />
        </>
      )}
      {isOpen && <AuditSettings overview={overview} onClose={() => setOpen(false)} />}
    </SettingGroup>
  );
}

function tellRetention({ days, megabytes }: { days: number | null; megabytes: number | null }): string {
  const limits = [
    ...(days === null ? [] : [`${days} ${days === 1 ? 'day' : 'days'}`]),
    ...(megabytes === null ? [] : [`${megabytes} MB`]),
  ];
  return limits.length === 0 ? 'Kept for ever.' : `Kept for at most ${limits.join(' or ')}, the oldest go first.`;
}

const keptDays = [0, 1, 3, 7, 14, 30] as const;

function KeptArguments() {
  const bridge = useBridge();
  const toast = useToast();
  const { data: view, error, retry } = usePolicy();
  const { busy, run } = useCommand();
  const [isAsking, setAsking] = useState(false);
  const set = (days: number, before: number | null) =>
    run(async () => {
      await bridge.call('policy.setReplayDays', { days });
      toast({
        text:
          days === 0
            ? 'Erased. No arguments are kept'
            : `Arguments are kept for ${days} ${days === 1 ? 'day' : 'days'}`,
        ...(before === null || days < before ? {} : { undo: () => void set(before, null) }),
      });
    });
  const choices = view === undefined ? [] : [...new Set([...keptDays, view.replayDays])].sort((a, b) => a - b);
  return (
    <SettingGroup title="Arguments of calls">
      {view === undefined && error !== null && <ReadError error={error} onRetry={retry} />}
      {view !== undefined && (
        <SettingRow
          title="Kept for"
          text="Sealed, without what looks secret; rules are tried on them. Less erases what is older at once."
        >
          <SelectMenu
            label="Arguments are kept for"
            value={String(view.replayDays)}
            options={choices.map((days) => ({
              value: String(days),
              label: days === 0 ? 'Not at all' : `${days} ${days === 1 ? 'day' : 'days'}`,
            }))}
            disabled={busy}
            onChange={(next) => (next === '0' ? setAsking(true) : void set(Number(next), view.replayDays))}
          />
        </SettingRow>
      )}
      <ConfirmDialog
        open={isAsking}
        title="Erase all kept arguments?"
        confirmLabel="Erase"
        danger
        onCancel={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          void set(0, null);
        }}
      >
        They cannot be brought back, and rules can no longer be tried on past calls. The audit log stays as it is.
      </ConfirmDialog>
    </SettingGroup>
  );
}

function Backups() {
  const { data, error, refetch } = useProgram();
  return (
    <SettingGroup title="Backups">
      {data === undefined && error !== null && <ReadError error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <SettingRow
          title={
            data.backups.newestAt === null
              ? 'None yet'
              : `${countOf(data.backups.count, 'backup')}, the newest of ${formatMoment(data.backups.newestAt, Date.now())}`
          }
          text={
            <>
              Made daily and before an upgrade, in <code className="set-path">{data.backups.folder}</code>
            </>
          }
        >
          <CopyButton text={data.backups.folder} label="Copy folder" small={false} />
        </SettingRow>
      )}
    </SettingGroup>
  );
}
