/** The keys that pause all agents while any program has the keyboard. Ctrl+Shift+P alone belongs to many editors. */
const accelerator = 'CommandOrControl+Alt+Shift+P';

/** `taken`: another program has the keys, or this desktop lends them to nobody. */
export interface PauseShortcut {
  /** As this system writes them. */
  keys: string;
  status: 'on' | 'off' | 'taken';
}

interface Ports {
  /** The part of Electron's `globalShortcut` that is used. */
  keyboard: {
    register(accelerator: string, callback: () => void): boolean;
    unregister(accelerator: string): void;
  };
  platform: NodeJS.Platform;
  isWanted(): boolean;
  setWanted(isWanted: boolean): void;
  pause(): Promise<void>;
  onChanged(): void;
}

/**
 * The shortcut can only pause. To resume takes the window or the tray: whatever can press keys, such as an agent that
 * works the screen, must not lift the pause with them.
 */
export class PauseKeys {
  readonly #ports: Ports;
  #status: PauseShortcut['status'] = 'off';

  constructor(ports: Ports) {
    this.#ports = ports;
    if (ports.isWanted()) this.#status = this.#register();
  }

  get state(): PauseShortcut {
    return { keys: this.#ports.platform === 'darwin' ? '⌥⇧⌘P' : 'Ctrl+Alt+Shift+P', status: this.#status };
  }

  /** Turned on again after it was taken, it tries anew. */
  setWanted(isWanted: boolean): void {
    this.close();
    this.#ports.setWanted(isWanted);
    if (isWanted) this.#status = this.#register();
    this.#ports.onChanged();
  }

  /** Gives the keys back. */
  close(): void {
    if (this.#status === 'on') this.#ports.keyboard.unregister(accelerator);
    this.#status = 'off';
  }

  #register(): PauseShortcut['status'] {
    try {
      return this.#ports.keyboard.register(accelerator, () => void this.#ports.pause()) ? 'on' : 'taken';
    } catch {
      return 'taken';
    }
  }
}
