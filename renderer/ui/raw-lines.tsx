import { RawText } from './raw-text.tsx';

/** Several lines of text from a server or an agent, each drawn as it is; for log tails and descriptions. */
export function RawLines({ text }: { text: string }) {
  let at = 0;
  return text.split('\n').map((line) => {
    at += 1;
    return (
      <span key={at} className="raw-line">
        <RawText text={line} />
      </span>
    );
  });
}
