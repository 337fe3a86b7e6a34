import { type HttpTransport, isPlainElsewhere, type Transport } from '../../shared/index.ts';

/** Programs that fetch other programs: what runs is decided elsewhere, at each start. */
const downloaders = new Set(['npx', 'bunx', 'pnpx', 'uvx', 'pipx', 'docker', 'podman', 'deno']);
/** Programs that run whatever text they are given. */
const shells = new Set(['sh', 'bash', 'zsh', 'fish', 'dash', 'cmd', 'powershell', 'pwsh', 'sudo', 'doas', 'env']);
/** Variables that make a program load other code than its own. */
const loaders =
  /^(?:LD_PRELOAD|LD_LIBRARY_PATH|DYLD_.+|NODE_OPTIONS|PYTHONPATH|PYTHONSTARTUP|BASH_ENV|PERL5OPT|RUBYOPT)$/;

/** What a person should know before they accept that this runs, each one sentence. */
export function warnAboutLaunch(transport: Transport, isMissing: boolean, isConfined: boolean): string[] {
  if (transport.kind === 'http') return warnAboutAddress(transport);
  const name = (transport.command.split(/[\\/]/).pop() ?? '').replace(/\.(exe|cmd|bat)$/i, '').toLowerCase();
  const loading = Object.keys(transport.env).filter((variable) => loaders.test(variable));
  return [
    isMissing && `The program ${transport.command} was not found on this computer.`,
    shells.has(name) && `${name} runs whatever its arguments say; read them as a command of your own.`,
    downloaders.has(name) &&
      !isPinned(name, transport.args) &&
      `${name} fetches the newest version at each start; a pinned version (name@1.2.3) stays what you accepted.`,
    loading.length > 0 && `${loading.join(', ')} can make it load other code.`,
    isConfined ? 'It runs in its sandbox.' : 'It runs as you, and can do what you can do.',
  ].filter((text) => text !== false);
}

/** Some argument names an exact version: `name@1.2.3`, `name==1.2.3`, `image@sha256:…`; tags can move. */
function isPinned(name: string, args: readonly string[]): boolean {
  if (name === 'docker' || name === 'podman') return args.some((arg) => /@sha256:[0-9a-f]{64}$/.test(arg));
  return args.some((arg) => /[^@=](?:@|==)\d+\.\d+(?:\.\d+)?[\w.+-]*$/.test(arg));
}

function warnAboutAddress(transport: HttpTransport): string[] {
  const warnings = [`Calls and their results go to ${new URL(transport.url).host}.`];
  if (isPlainElsewhere(transport)) {
    warnings.push('Plain http: whoever is between can read and change everything, credentials too.');
  }
  return warnings;
}
