import type { UpstreamPorts } from './contract.ts';
import type { LinkEvents } from './link.ts';

/** Notices a server may send in an hour (security: limits); later ones wait for the regular resync. */
const maxChangesPerHour = 60;
const hourMs = 3_600_000;

/** What the links of one server tell the engine, by whose link it is: null for the shared one. */
export function createSlotEvents(
  serverId: string,
  ports: UpstreamPorts,
  note: (text: string) => void,
): (owner: string | null) => LinkEvents {
  let changes: number[] = [];

  function mayChange(): boolean {
    const now = ports.clock.now();
    changes = changes.filter((at) => now - at < hourMs);
    if (changes.length >= maxChangesPerHour) return false;
    changes.push(now);
    if (changes.length === maxChangesPerHour) note('Too many list_changed notices; ignoring more for now.');
    return true;
  }

  return (owner) => ({
    onListChanged: (kind) => {
      if (!mayChange()) return;
      if (kind === 'tools') ports.onToolsChanged(serverId);
      else ports.onListChanged(serverId, owner, kind);
    },
    onNotification: (method, params) => ports.onNotification(serverId, owner, method, params),
    onAsk: async (method, params, ties) =>
      owner === null ? { kind: 'unsupported' } : ports.onAsk(serverId, owner, method, params, ties),
  });
}
