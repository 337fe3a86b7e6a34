/** Where a secret stands: from `start` to `end` (exclusive). */
export interface Hit {
  start: number;
  end: number;
}

export interface SecretScanner {
  /** All places, merged and in order; empty in almost every message. One pass, whatever the number of secrets. */
  find(bytes: Uint8Array): Hit[];
}

/** Bytes at the end of a form that the automaton looks for; the rest is compared when they were found. */
const anchorLength = 16;

/**
 * Aho and Corasick's automaton over the ends of all forms, its alphabet reduced to the bytes that occur in them: each byte
 * of a message costs one look-up, and a whole form is only compared where its end was seen.
 */
export function buildScanner(forms: readonly Buffer[]): SecretScanner {
  const trie = growTrie(forms);
  const { next, classes } = linkTrie(trie);
  const { classOf, ends } = trie;
  return {
    find(bytes) {
      const hits: Hit[] = [];
      const { length } = bytes;
      let row = 0;
      for (let at = 0; at < length; at += 1) {
        row = next[row + (classOf[bytes[at] as number] as number)] as number;
        if (row >= 0) continue;
        row = ~row;
        collect(ends[row / classes] ?? [], bytes, at + 1, hits);
      }
      return merge(hits);
    },
  };
}

interface Trie {
  /** Of each byte; 0: in no form. */
  classOf: Uint8Array;
  /** Children by class, for each state. */
  children: Map<number, number>[];
  /** Forms whose anchor ends in a state. */
  ends: (Buffer[] | undefined)[];
  classes: number;
}

function growTrie(forms: readonly Buffer[]): Trie {
  const anchors = forms.map((form) => form.subarray(Math.max(0, form.length - anchorLength)));
  const classOf = new Uint8Array(256);
  let classes = 1;
  for (const anchor of anchors) {
    for (const byte of anchor) {
      if (classOf[byte] !== 0 || classes === 256) continue;
      classOf[byte] = classes;
      classes += 1;
    }
  }
  const children: Map<number, number>[] = [new Map()];
  const ends: (Buffer[] | undefined)[] = [undefined];
  for (const [index, anchor] of anchors.entries()) {
    let state = 0;
    for (const byte of anchor) {
      const step = classOf[byte] as number;
      let child = children[state]?.get(step);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        ends.push(undefined);
        children[state]?.set(step, child);
      }
      state = child;
    }
    ends[state] = [...(ends[state] ?? []), forms[index] as Buffer];
  }
  return { classOf, children, ends, classes };
}

/**
 * Every state gets a step for every class; a state also ends what its longest proper suffix ends. A step leads to the row
 * of the next state, or, where something ends there, to its complement: one comparison for each byte.
 */
function linkTrie({ children, ends, classes }: Trie): { next: Int32Array; classes: number } {
  const next = new Int32Array(children.length * classes);
  const fallback = new Int32Array(children.length);
  const queue: number[] = [];
  for (const [step, child] of children[0] ?? []) {
    next[step] = child;
    queue.push(child);
  }
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number;
    const back = fallback[state] as number;
    const inherited = ends[back];
    if (inherited !== undefined) ends[state] = [...(ends[state] ?? []), ...inherited];
    next.copyWithin(state * classes, back * classes, (back + 1) * classes);
    for (const [step, child] of children[state] ?? []) {
      fallback[child] = next[state * classes + step] as number;
      next[state * classes + step] = child;
      queue.push(child);
    }
  }
  for (let at = 0; at < next.length; at += 1) {
    const state = next[at] as number;
    next[at] = ends[state] === undefined ? state * classes : ~(state * classes);
  }
  return { next, classes };
}

function collect(forms: readonly Buffer[], bytes: Uint8Array, end: number, hits: Hit[]): void {
  for (const form of forms) {
    const start = end - form.length;
    if (start >= 0 && isAt(form, bytes, start)) hits.push({ start, end });
  }
}

function isAt(form: Buffer, bytes: Uint8Array, start: number): boolean {
  for (let at = form.length - 1; at >= 0; at -= 1) if (form[at] !== bytes[start + at]) return false;
  return true;
}

function merge(hits: Hit[]): Hit[] {
  if (hits.length < 2) return hits;
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Hit[] = [];
  for (const hit of hits) {
    const last = merged.at(-1);
    if (last !== undefined && hit.start <= last.end) last.end = Math.max(last.end, hit.end);
    else merged.push({ ...hit });
  }
  return merged;
}
