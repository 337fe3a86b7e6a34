import { hotkeyHelp, showKeys } from '../lib/hotkeys.ts';
import { Dialog } from '../ui/dialog.tsx';

const places = ['Everywhere', 'Live and Audit', 'Live', 'Approvals'] as const;

/** Every shortcut there is. */
export function HotkeyDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts">
      {places.map((place) => (
        <section key={place} className="keys">
          <h3 className="lab">{place}</h3>
          <dl>
            {hotkeyHelp
              .filter(({ where }) => where === place)
              .map(({ keys, does }) => (
                <div key={does}>
                  <dt>{does}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{showKeys(key)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
