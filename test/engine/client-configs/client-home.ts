import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Harness, type HarnessOptions, startEngine } from '../../helpers/engine.ts';

/** A home folder of its own with an engine that knows no other. */
export interface ClientHome {
  home: string;
  /** Writes a file of a client. */
  put(path: string, text: string | Buffer, mode?: number): string;
  start(options?: HarnessOptions): Promise<Harness>;
  remove(): void;
}

export function makeClientHome(): ClientHome {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'scopegate-home-')));
  return {
    home,
    put(path, text, mode = 0o600) {
      const file = join(home, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      chmodSync(file, mode);
      return file;
    },
    start: (options = {}) =>
      startEngine({
        undeclared: true,
        ...options,
        ports: {
          env: { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: join(home, '.config') },
          ...options.ports,
        },
      }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
