/** Hands a finished file to the person: the browser, or the shell's save dialog, asks where to. */
export function saveFile(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken the file over once the click is done; the address is not needed beyond it
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** `scopegate-audit-2026-11-22-1403.csv` */
export function nameFile(what: string, at: number, ending: string): string {
  const time = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();
  return `scopegate-${what}-${time.slice(0, 10)}-${time.slice(11, 16).replace(':', '')}.${ending}`;
}
