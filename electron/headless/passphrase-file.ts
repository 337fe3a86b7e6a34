import { minPassphrase } from '../shared/index.ts';
import { HostStartError } from './host-start-error.ts';
import { readOwnerFile } from './owner-file.ts';

/** The passphrase of the vault for starts nobody attends; one line end is not part of it. Throws `HostStartError`. */
export function readPassphraseFile(file: string): string {
  const found = readOwnerFile(file);
  const refuse = (why: string): never => {
    throw new HostStartError(
      `The passphrase file ${file} is not used: ${why}`,
      'Give a file with mode 0600 that holds the passphrase and nothing else.',
    );
  };
  if (!found.ok) return refuse(found.message);
  const passphrase = found.text.replace(/\r?\n$/, '');
  return passphrase.length < minPassphrase ? refuse(`it has fewer than ${minPassphrase} characters.`) : passphrase;
}
