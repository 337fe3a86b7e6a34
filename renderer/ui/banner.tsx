import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Violet for broken machinery, red for refusing everything, amber for what waits for a person. */
export type BannerTone = 'fault' | 'block' | 'ask';

const icons: Readonly<Record<BannerTone, IconName>> = { fault: 'fault', block: 'block', ask: 'pause' };

/** A full-bleed strip: the fact in bold, what still works, the way out at the right. */
export function Banner({
  tone,
  icon,
  title,
  children,
  actions,
}: {
  tone: BannerTone;
  icon?: IconName;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={`banner ${tone}`} role="status">
      <Icon name={icon ?? icons[tone]} />
      <span className="grow">
        <b>{title}</b> <span className="t2">{children}</span>
      </span>
      {actions}
    </div>
  );
}
