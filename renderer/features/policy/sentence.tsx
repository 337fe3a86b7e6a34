import { Fragment } from 'react';
import type { SentencePart } from '../../../electron/shared/index.ts';
import { RawText } from '../../ui/raw-text.tsx';

/** A sentence of which names and values are text of agents and servers, each drawn as what it is. */
export function Sentence({ parts }: { parts: readonly SentencePart[] }) {
  return numbered(parts).map(({ key, part }) => (
    <Fragment key={key}>
      {part.kind === 'words' ? (
        part.text
      ) : (
        <span className={part.kind === 'name' ? 'say-name' : 'say-value'}>
          <RawText text={part.text} />
        </span>
      )}
    </Fragment>
  ));
}

function numbered(parts: readonly SentencePart[]): { key: number; part: SentencePart }[] {
  return parts.map((part, key) => ({ key, part }));
}
