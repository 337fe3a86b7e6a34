import { type ComponentType, useEffect, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { AgentsPage } from '../features/agents/agents-page.tsx';
import { AnalyticsPage } from '../features/analytics/analytics-page.tsx';
import { ApprovalsPage } from '../features/approvals/approvals-page.tsx';
import { ReviewLayer } from '../features/approvals/review-layer.tsx';
import { AuditPage } from '../features/audit/audit-page.tsx';
import { CredentialsPage } from '../features/credentials/credentials-page.tsx';
import { FirstRunPage } from '../features/first-run/first-run-page.tsx';
import { StartPage } from '../features/first-run/start-page.tsx';
import { LivePage } from '../features/live/live-page.tsx';
import { PolicyPage } from '../features/policy/policy-page.tsx';
import { ServersPage } from '../features/servers/servers-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { useEngineStore } from '../state/engine-context.tsx';
import { selectPendingCount } from '../state/selectors.ts';
import { Banners } from './banners.tsx';
import { HotkeyDialog } from './hotkey-dialog.tsx';
import { Sidebar } from './sidebar.tsx';
import { usePageHotkeys } from './use-page-hotkeys.ts';
import { usePause } from './use-pause.ts';
import { useVaultToggle } from './use-vault-toggle.ts';

const routes: readonly { path: string; page: ComponentType }[] = [
  { path: '/live/:filter?', page: LivePage },
  { path: '/approvals/:id?', page: ApprovalsPage },
  { path: '/agents/*?', page: AgentsPage },
  { path: '/servers/*?', page: ServersPage },
  { path: '/credentials/*?', page: CredentialsPage },
  { path: '/policy/*?', page: PolicyPage },
  { path: '/audit/:query?', page: AuditPage },
  { path: '/analytics', page: AnalyticsPage },
  { path: '/settings/:section?', page: SettingsPage },
  { path: '/first-run', page: FirstRunPage },
];

/** The main window: where one is at the left, the page at the right. */
export function App() {
  const [location, navigate] = useLocation();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const isLost = useEngineStore((state) => state.phase === 'ready' && !state.connection.connected);
  const { isPaused, canChange, setPaused } = usePause();
  const { toggle: toggleVault } = useVaultToggle();
  usePageHotkeys({
    go: navigate,
    help: () => setHelpOpen(true),
    toggleVault,
    togglePause: () => canChange && setPaused(!isPaused),
  });
  useTitle();
  return (
    <ReviewLayer isOnApprovals={location.startsWith('/approvals')}>
      <div className="app" data-lost={isLost || undefined}>
        <Sidebar />
        <main className="main">
          {!placesBanners(location) && <Banners />}
          <Switch>
            {routes.map(({ path, page }) => (
              <Route key={path} path={path} component={page} />
            ))}
            <Route>
              {location.startsWith(auditQuery) ? <Redirect to={placeOf(location)} replace /> : <StartPage />}
            </Route>
          </Switch>
        </main>
      </div>
      {isHelpOpen && <HotkeyDialog onClose={() => setHelpOpen(false)} />}
    </ReviewLayer>
  );
}

const auditQuery = '/audit?q=';

/** Where an address without a page leads; a link with a query is one to the Audit page. */
function placeOf(location: string): string {
  return location.startsWith(auditQuery) ? `/audit/${location.slice(auditQuery.length)}` : '/live';
}

/** Pages with a bar over their whole width put the banners under it themselves. */
function placesBanners(location: string): boolean {
  return ['/live', '/approvals', '/credentials', '/policy', '/audit'].some((path) => location.startsWith(path));
}

/** `(2) ScopeGate` while somebody waits: the browser's tab is all there is beside the page. */
function useTitle(): void {
  const waiting = useEngineStore(selectPendingCount);
  useEffect(() => {
    document.title = waiting === 0 ? 'ScopeGate' : `(${waiting}) ScopeGate`;
  }, [waiting]);
}
