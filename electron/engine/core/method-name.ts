/** True for a method that may be sent on: it becomes a header (`Mcp-Method`), where only visible ASCII can stand. */
export function isMethodName(method: string): boolean {
  return /^[\x21-\x7e]+$/.test(method);
}
