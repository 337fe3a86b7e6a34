import { useEffect, useState } from 'react';

/** The value as it was when it last stood still for `ms` milliseconds; the first one at once. Compared by its JSON. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  const isSame = JSON.stringify(settled) === text;
  useEffect(() => {
    if (isSame) return;
    const timer = setTimeout(() => setSettled(JSON.parse(text)), ms);
    return () => clearTimeout(timer);
  }, [isSame, text, ms]);
  return settled;
}
