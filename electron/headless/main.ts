import { EngineStartError } from '../engine/contract.ts';
import { readVersion } from './app-paths.ts';
import { type Command, type HelpTopic, parseCommand } from './cli.ts';
import { helpText } from './help-text.ts';
import { HostStartError } from './host-start-error.ts';

/** The `scopegate` command. Commands are imported when they run: `doctor` must work where the database's addon does not load. */
async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(helpText(command.topic));
      return 0;
    case 'version':
      process.stdout.write(`scopegate ${readVersion()}\n`);
      return 0;
    case 'mistake':
      process.stderr.write(`scopegate: ${command.message}\n${hint(command.topic)}`);
      return 2;
    case 'doctor': {
      const { runDoctor } = await import('./doctor/doctor.ts');
      return runDoctor(command.options, { env: process.env, stdout: process.stdout });
    }
    case 'verify': {
      const { runVerify } = await import('./verify.ts');
      return runVerify(command.options, { env: process.env, stdout: process.stdout, stderr: process.stderr });
    }
    case 'tail': {
      const [{ runTail }, { endSignals }] = await Promise.all([import('./tail.ts'), import('./ports.ts')]);
      const closed = new Promise((resolve) => process.stdout.once('error', resolve));
      const ended = Promise.race([waitForEnd(endSignals), closed]);
      return runTail(command.options, { env: process.env, stdout: process.stdout, stderr: process.stderr, ended });
    }
    case 'connect': {
      const { runConnect } = await import('./connect/connect.ts');
      return runConnect(command.options, process);
    }
    case 'demo-server': {
      const { runDemoServer } = await import('./demo/demo-server.ts');
      await runDemoServer(process.stdin, process.stdout);
      return 0;
    }
    case 'serve': {
      const { runServe } = await import('./serve.ts');
      await runServe(command.options, await hostContext());
      return 0;
    }
    case 'demo': {
      const { runDemo } = await import('./demo/demo.ts');
      await runDemo(command.options, await hostContext());
      return 0;
    }
  }
}

function hint(topic: HelpTopic | null): string {
  return topic === null ? `\n${helpText(null)}` : `See: scopegate help ${topic}\n`;
}

async function hostContext() {
  const [{ createEngine }, { endSignals }] = await Promise.all([import('../engine/engine.ts'), import('./ports.ts')]);
  return { terminal: process, env: process.env, createEngine, ended: waitForEnd(endSignals) };
}

/** The first signal ends cleanly; a second one ends at once, leaving children to be reaped at the next start. */
function waitForEnd(signals: readonly NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let isEnding = false;
    const end = (signal: NodeJS.Signals) => {
      if (isEnding) process.exit(signal === 'SIGINT' ? 130 : 143);
      isEnding = true;
      resolve();
    };
    for (const signal of signals) process.on(signal, end);
    // A bug anywhere: end with every child rather than run on in an unknown state.
    process.once('uncaughtException', reject);
    process.once('unhandledRejection', reject);
  });
}

function explain(error: unknown): string {
  if (error instanceof EngineStartError || error instanceof HostStartError) return `${error.message}\n${error.fix}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** How long a handle somebody forgot may keep an ended process alive. */
const lingerMs = 3_000;

// A reader of stdout that went away (`scopegate serve | head -1`) is no reason to stop the gateway.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  process.exitCode = await run(parseCommand(process.argv.slice(2), process.cwd()));
} catch (error) {
  process.stderr.write(`scopegate: ${explain(error)}\n`);
  process.exitCode = 1;
}
setTimeout(() => process.exit(), lingerMs).unref();
