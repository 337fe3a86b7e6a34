import { StateWord } from './state-word.tsx';

/** Why a form could not be sent, at its end; nothing while it could. */
export function FormFailure({ text }: { text: string | null }) {
  return (
    <div role="alert" className="form-failure">
      {text !== null && <StateWord tone="fault" icon="fault" word={text} />}
    </div>
  );
}
