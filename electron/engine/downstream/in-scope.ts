/** What is open on the path of one server hears of that server alone; what is about no server is for everybody. */
export function isInScope(scope: string | null, serverIds: readonly string[] | undefined): boolean {
  return scope === null || serverIds === undefined || serverIds.includes(scope);
}
