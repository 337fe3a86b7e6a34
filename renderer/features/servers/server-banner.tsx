import type { ServerView } from '../../../electron/shared/index.ts';
import { countOf } from '../../lib/format.ts';
import { makeVisibleLine } from '../../lib/visible-text.ts';
import { useEngineStore } from '../../state/engine-context.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CopyLink } from '../../ui/copy-link.tsx';
import { describeServer, needsReview } from './server-words.ts';
import { useSignIn } from './use-sign-in.ts';

/** What is wrong or waiting, and what still works. */
export function ServerBanner({ server }: { server: ServerView }) {
  const others = useEngineStore((state) => state.servers).filter(
    (other) => other.id !== server.id && other.enabled && other.status !== 'failing',
  ).length;
  if (describeServer(server).kind === 'sign-in') return <SignInBanner server={server} />;
  if (describeServer(server).kind === 'failing' && server.lastError) {
    return (
      <Banner tone="fault" title={makeVisibleLine(server.lastError.message)}>
        Calls to {server.name} get an error. {othersWork(others)}
      </Banner>
    );
  }
  if (!needsReview(server)) return null;
  if (!server.reviewed) {
    return (
      <Banner tone="ask" icon="hand" title={`${countOf(server.unreviewedCount, 'tool')} wait for your review.`}>
        Agents do not see {server.name} until you accept its tools.
      </Banner>
    );
  }
  const rest = server.toolCount - server.unreviewedCount;
  return (
    <Banner
      tone="ask"
      icon="hand"
      title={`${countOf(server.unreviewedCount, 'tool')} changed or came since you reviewed them.`}
    >
      These ask on every call. {rest > 0 && `The other ${rest} work as before.`}
    </Banner>
  );
}

function SignInBanner({ server }: { server: ServerView }) {
  const desk = useSignIn(server);
  if (server.signIn?.state === 'signing_in') {
    return (
      <Banner
        tone="ask"
        icon="run"
        title={`Waiting for you to sign in to ${server.name} in the browser.`}
        actions={
          <Button busy={desk.busy} onClick={() => void desk.cancel()}>
            Cancel
          </Button>
        }
      >
        {desk.url === null ? (
          'Its calls are refused until then.'
        ) : (
          <>
            No browser could be opened. Open the address in one on this machine:{' '}
            <CopyLink text={desk.url} label="Copy address" />
          </>
        )}
      </Banner>
    );
  }
  return (
    <Banner
      tone="ask"
      icon="hand"
      title={`${server.name} needs you to sign in.`}
      actions={
        <Button variant="primary" busy={desk.busy} onClick={() => void desk.signIn()}>
          Sign in…
        </Button>
      }
    >
      {server.signIn?.message === null || server.signIn === undefined
        ? 'Its calls are refused until then.'
        : makeVisibleLine(`${server.signIn?.message ?? ''} ${server.signIn?.fix ?? ''}`.trim())}
    </Banner>
  );
}

function othersWork(count: number): string {
  if (count === 0) return '';
  return count === 1 ? 'The other server works.' : `The other ${count} servers work.`;
}
