import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TelemetryState } from '../../../electron/shared/index.ts';
import { formatMoment } from '../../lib/format.ts';
import { useBridge } from '../../state/engine-context.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx';
import { useToast } from '../../ui/toast.tsx';
import { useCommand } from '../../ui/use-command.ts';
import { SettingGroup, SettingRow } from './setting-row.tsx';
import { telemetryKey } from './use-telemetry.ts';

/** Figures a Prometheus on this machine may fetch. */
export function FiguresSettings({ state: { scrape } }: { state: TelemetryState }) {
  const bridge = useBridge();
  const client = useQueryClient();
  const toast = useToast();
  const { busy, run } = useCommand();
  const [token, setToken] = useState<string | null>(null);
  const [asked, setAsked] = useState<'renew' | 'end' | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: [telemetryKey] });
  const make = () =>
    run(async () => {
      setToken((await bridge.call('telemetry.makeScrapeToken', {})).token);
      await refresh();
    });
  const end = () =>
    run(async () => {
      await bridge.call('telemetry.endScrapeToken', {});
      await refresh();
      toast({ text: 'The token no longer works' });
    });
  const url = `${window.location.origin}/metrics`;
  const hasToken = scrape.tokenMadeAt !== null;
  if (!scrape.available)
    return (
      <SettingGroup title="Prometheus">
        <SettingRow
          title="Not in the desktop app"
          text="It opens no port but the agents’, so there is nowhere to fetch figures from. Send metrics to a collector instead, or run “scopegate serve”, whose page offers them."
        />
      </SettingGroup>
    );
  return (
    <SettingGroup
      title="Prometheus"
      text="Figures to fetch from this machine, with a token of their own that opens nothing else. The choices above hold for their labels."
    >
      {hasToken && (
        <SettingRow title={url} text="The port changes with each start unless --ui-port is given.">
          <CopyButton text={url} label="Copy address" small={false} />
        </SettingRow>
      )}
      <SettingRow title={hasToken ? 'A token works' : 'No token, so nothing can be fetched'} text={tellUse(scrape)}>
        <span className="hs">
          {hasToken && (
            <Button disabled={busy} onClick={() => setAsked('end')}>
              End it
            </Button>
          )}
          <Button busy={busy} onClick={() => (hasToken ? setAsked('renew') : void make())}>
            {hasToken ? 'Make a new token' : 'Make a token'}
          </Button>
        </span>
      </SettingRow>
      <ConfirmDialog
        open={asked !== null}
        title={asked === 'renew' ? 'Replace the token?' : 'End the token?'}
        confirmLabel={asked === 'renew' ? 'Replace' : 'End'}
        danger
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          void (asked === 'renew' ? make() : end());
          setAsked(null);
        }}
      >
        Whoever uses it gets nothing any more{asked === 'renew' ? ' until it has the new one' : ''}.
      </ConfirmDialog>
      {token !== null && <TokenDialog token={token} url={url} onClose={() => setToken(null)} />}
    </SettingGroup>
  );
}

function tellUse({ tokenMadeAt, lastReadAt }: TelemetryState['scrape']): string {
  if (tokenMadeAt === null) return 'Only its digest is kept here.';
  const read = lastReadAt === null ? 'Not used since the start' : `Last used ${formatMoment(lastReadAt, Date.now())}`;
  return `Made ${formatMoment(tokenMadeAt, Date.now())}. ${read}.`;
}

function TokenDialog({ token, url, onClose }: { token: string; url: string; onClose: () => void }) {
  const { host } = new URL(url);
  const job = `- job_name: scopegate
  authorization:
    credentials: ${token}
  static_configs:
    - targets: ['${host}']`;
  return (
    <Dialog
      open
      keepOpen
      onClose={onClose}
      title="The token for figures"
      description="It is shown once. Lost, it can only be replaced."
      footer={
        <>
          <CopyButton text={job} label="Copy Prometheus job" small={false} />
          <span className="grow" />
          <CopyButton text={token} label="Copy token" small={false} />
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <pre className="set-token">{token}</pre>
    </Dialog>
  );
}
