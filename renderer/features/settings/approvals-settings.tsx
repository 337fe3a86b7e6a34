import { Link } from 'wouter';
import { ApprovalSettingsView } from '../approvals/approval-settings.tsx';
import { SettingGroup, SettingRow } from './setting-row.tsx';

/** The settings of approvals, the same as on their own page. */
export function ApprovalsSettings() {
  return (
    <>
      <div className="set-approvals">
        <ApprovalSettingsView />
      </div>
      <SettingGroup title="Remembered">
        <SettingRow title="What you approved for longer" text="Shorten or end it where it is listed.">
          <Link href="/approvals" className="btn">
            Open Approvals
          </Link>
        </SettingRow>
      </SettingGroup>
    </>
  );
}
