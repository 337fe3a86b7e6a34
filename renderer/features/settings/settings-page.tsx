import type { ComponentType } from 'react';
import { Link, Redirect, useParams } from 'wouter';
import { AboutSettings } from './about-settings.tsx';
import { ApprovalsSettings } from './approvals-settings.tsx';
import { DataSettings } from './data-settings.tsx';
import { ExportSettings } from './export-settings.tsx';
import { GatewaySettings } from './gateway-settings.tsx';
import { GeneralSettings } from './general-settings.tsx';
import './settings.css';

const sections: readonly { name: string; label: string; section: ComponentType }[] = [
  { name: 'general', label: 'General', section: GeneralSettings },
  { name: 'gateway', label: 'Gateway', section: GatewaySettings },
  { name: 'approvals', label: 'Approvals', section: ApprovalsSettings },
  { name: 'data', label: 'Data', section: DataSettings },
  { name: 'export', label: 'Export', section: ExportSettings },
  { name: 'about', label: 'About', section: AboutSettings },
];

/** Settings: how ScopeGate looks, listens, keeps and reports. Routes under `/settings`. */
export function SettingsPage() {
  const { section: name = 'general' } = useParams<{ section?: string }>();
  const here = sections.find((section) => section.name === name);
  if (here === undefined) return <Redirect to="/settings" replace />;
  const Section = here.section;
  return (
    <>
      <header className="bar">
        <h1>Settings</h1>
      </header>
      <nav className="tabs set-tabs" aria-label="Parts of settings">
        {sections.map((section) => (
          <Link
            key={section.name}
            href={section.name === 'general' ? '/settings' : `/settings/${section.name}`}
            aria-current={section === here ? 'page' : undefined}
          >
            {section.label}
          </Link>
        ))}
      </nav>
      <div className="body">
        <div className="pane settings">
          <Section />
        </div>
      </div>
    </>
  );
}
