import { Icon } from '../ui/icon.tsx';

/** Shown in a browser that has no session; nothing else works without one. */
export function LoginPage({ refusal }: { refusal: { message: string; fix: string } | null }) {
  return (
    <main className="login">
      <Icon name="mark" />
      <h1>This browser is not logged in</h1>
      {refusal !== null && (
        <p className="login-refusal" role="alert">
          {refusal.message} {refusal.fix}
        </p>
      )}
      <p className="t2">
        Open the login link that ScopeGate printed in its terminal. A link works once, for two minutes. Start ScopeGate
        again in a terminal to get a new one.
      </p>
    </main>
  );
}
