import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { TriState, type TriStateProps } from '../../../renderer/ui/tri-state.tsx';

function draw(part: Partial<TriStateProps>): string {
  const props: TriStateProps = {
    label: 'create_issue',
    effect: 'ask',
    own: null,
    source: 'from github',
    onSet: () => {},
    onReset: () => {},
    ...part,
  };
  return renderToStaticMarkup(<TriState {...props} />);
}

/** Class and checked state of the three cells. */
function cells(html: string): string[] {
  return [...html.matchAll(/<label class="([^"]*)"[^>]*><input([^>]*)>/g)].map(
    ([, className, input]) => `${className}${input?.includes('checked') ? ' checked' : ''}`,
  );
}

describe('the tri-state switch', () => {
  it('draws an inherited position grey, with its source in the name', () => {
    const html = draw({});
    expect(cells(html)).toEqual(['e', 'inh ask checked', 'e']);
    expect(html).toContain('aria-label="create_issue, from github"');
  });

  it('draws a position set here in the colour of its decision', () => {
    expect(cells(draw({ effect: 'deny', own: 'deny' }))).toEqual(['e', 'e', 'set block checked']);
  });

  it('counts the members of a group that differ, and says so in its name', () => {
    const html = draw({ label: 'github', effect: null, counts: { allow: 2, ask: 1, deny: 0 }, source: 'Mixed' });
    expect(cells(html)).toEqual(['mix', 'mix', 'e']);
    expect(html).toContain('github, 2 allowed, 1 asking, 0 blocked, Mixed');
  });

  it('marks the group’s own position even while its members differ', () => {
    const counts = { allow: 2, ask: 0, deny: 1 };
    expect(cells(draw({ effect: null, own: 'deny', counts }))).toEqual(['mix', 'e', 'set block checked']);
  });

  it('always writes the word beside the glyph', () => {
    for (const [effect, word] of [
      ['allow', 'Allow'],
      ['ask', 'Ask'],
      ['deny', 'Block'],
    ] as const) {
      expect(draw({ effect })).toMatch(new RegExp(`</svg>${word}</label>`));
    }
  });
});
