import { Fragment } from 'react';
import { findMarks } from '../lib/find-marks.ts';
import { splitUrl } from '../lib/url-host.ts';
import { makeVisible, type TextSegment } from '../lib/visible-text.ts';

interface RawTextProps {
  text: string;
  /** False where the line breaks are ours, not the author's. */
  marksBreaks?: boolean;
}

/**
 * Text from an agent or a server, exactly as it is: hidden characters as chips, words of mixed scripts marked, never
 * Markdown or HTML. Nothing in it can change the direction or the place of what stands around it.
 */
export function RawText({ text, marksBreaks = true }: RawTextProps) {
  let at = 0;
  const drawn = makeVisible(text).segments.map((segment) => {
    at += 1;
    return <Fragment key={at}>{drawSegment(segment, marksBreaks)}</Fragment>;
  });
  return (
    <bdi className="raw" dir="ltr">
      {drawn}
    </bdi>
  );
}

/** The same, with what decides drawn bold: the host of an address, the verbs of an SQL text, the root of a path. */
export function RawValue({ text }: { text: string }) {
  const url = splitUrl(text);
  if (url !== null) {
    return (
      <>
        <RawText text={url.before} />
        <b>
          <RawText text={url.host} />
        </b>
        <RawText text={url.after} />
        {url.realHost !== null && <span className="hid">really {url.realHost}</span>}
      </>
    );
  }
  return cutAtMarks(text).map(({ start, piece, isMarked }) =>
    isMarked ? (
      <b key={start}>
        <RawText text={piece} />
      </b>
    ) : (
      <RawText key={start} text={piece} />
    ),
  );
}

/** The text in pieces, none left out. */
function cutAtMarks(text: string): { start: number; piece: string; isMarked: boolean }[] {
  const pieces: { start: number; piece: string; isMarked: boolean }[] = [];
  let from = 0;
  for (const { start, end } of findMarks(text)) {
    if (start > from) pieces.push({ start: from, piece: text.slice(from, start), isMarked: false });
    pieces.push({ start, piece: text.slice(start, end), isMarked: true });
    from = end;
  }
  if (from < text.length) pieces.push({ start: from, piece: text.slice(from), isMarked: false });
  return pieces;
}

function drawSegment(segment: TextSegment, marksBreaks: boolean) {
  switch (segment.kind) {
    case 'text':
      return <bdi dir="ltr">{segment.text}</bdi>;
    case 'mixed':
      return (
        <bdi dir="ltr" className="mixed" title={segment.why}>
          {segment.text}
          <span className="hid">{segment.why}</span>
        </bdi>
      );
    case 'space':
      return (
        <>
          {marksBreaks && (
            <span className="space" aria-hidden="true">
              {segment.text === '\n' ? '↵' : '→'}
            </span>
          )}
          {segment.text}
        </>
      );
    case 'hidden':
      return <span className="hid">{segment.label}</span>;
  }
}
