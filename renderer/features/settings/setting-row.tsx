import type { ReactNode } from 'react';

/** One setting: what it is, what it means, and its control at the right. */
export function SettingRow({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  return (
    <div className="set-row">
      <div className="set-words">
        <div>{title}</div>
        {text !== undefined && <div className="t3 f12">{text}</div>}
      </div>
      {children}
    </div>
  );
}

/** A group of settings under a heading. */
export function SettingGroup({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className="set-group" aria-label={title}>
      <h2>{title}</h2>
      {text !== undefined && <p className="t3 f12 set-lead">{text}</p>}
      {children}
    </section>
  );
}
