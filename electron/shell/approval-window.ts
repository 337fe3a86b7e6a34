import { type BrowserWindow, screen } from 'electron';
import { createPageWindow, type PageWindowDeps } from './page-window.ts';
import { placeApproval } from './window-bounds.ts';

const size = { width: 520, height: 684 };

/** A page that keeps crashing is not made again until something new waits. */
const maxRemakes = 3;

/**
 * The one window for everything that waits. It appears over other windows without taking the keyboard: a key meant for
 * another program must not land on a decision.
 */
export interface ApprovalWindow {
  /** Follows the queue: a new item brings the window up, an empty queue puts it away. */
  follow(waitingIds: readonly string[]): void;
  /** A person asked for it: shown with the keyboard. */
  open(): void;
}

export interface ApprovalWindowDeps extends PageWindowDeps {
  icon: string;
}

export function createApprovalWindow(deps: ApprovalWindowDeps): ApprovalWindow {
  let window: BrowserWindow | null = null;
  let isReady = false;
  /** How to show the window once its page is drawn. */
  let wanted: 'inactive' | 'active' | null = null;
  let known: ReadonlySet<string> = new Set();
  let remakes = 0;

  function make(): BrowserWindow {
    const created = createPageWindow(
      'approval.html',
      {
        ...size,
        title: 'ScopeGate: approval',
        icon: deps.icon,
        minWidth: 420,
        minHeight: 420,
        alwaysOnTop: true,
        skipTaskbar: true,
        minimizable: false,
        maximizable: false,
        fullscreenable: false,
      },
      deps,
      () => undefined,
      () => replace(created),
    );
    created.on('show', () => keepOnTop(created));
    created.once('ready-to-show', () => {
      isReady = true;
      reveal(created);
    });
    created.once('closed', () => {
      if (window === created) forget();
    });
    return created;
  }

  function forget(): void {
    window = null;
    isReady = false;
  }

  /** The queue lives in the engine: a window whose page died is replaced, and shows what still waits. */
  function replace(lost: BrowserWindow): void {
    if (window !== lost) return;
    forget();
    // not from within the event of its own end
    setImmediate(() => lost.destroy());
    if (known.size === 0 || remakes >= maxRemakes) return;
    remakes += 1;
    bringUp('inactive');
  }

  function reveal(target: BrowserWindow): void {
    if (wanted === null) return;
    if (!target.isVisible()) {
      const { workArea } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint());
      const current = target.getBounds();
      target.setBounds(placeApproval(workArea, current));
    }
    if (wanted === 'active') target.show();
    else target.showInactive();
    wanted = null;
  }

  function bringUp(how: 'inactive' | 'active'): void {
    wanted = how;
    window ??= make();
    if (isReady) reveal(window);
  }

  return {
    follow(waitingIds) {
      const hasNew = waitingIds.some((id) => !known.has(id));
      known = new Set(waitingIds);
      if (hasNew) {
        remakes = 0;
        bringUp('inactive');
      } else if (waitingIds.length === 0) {
        wanted = null;
        window?.hide();
      }
    },
    open: () => bringUp('active'),
  };
}

/** X11 forgets what was asked of a window while it was hidden, so this is said anew with every showing. */
function keepOnTop(window: BrowserWindow): void {
  window.setAlwaysOnTop(true, 'floating');
  window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
}
