/** A value the test itself wrote, so that it must be there. */
export function mustParse<T>(value: T | null): T {
  if (value === null) throw new Error('the test wrote something that does not parse');
  return value;
}
