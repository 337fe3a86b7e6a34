/** The host cannot run; `fix` says what to do next. */
export class HostStartError extends Error {
  override readonly name = 'HostStartError';
  readonly fix: string;
  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
