/** The part of pidusage that is used here; the package has no types of its own. */
declare module 'pidusage' {
  interface Usage {
    /** Percent of one processor. */
    cpu: number;
    /** Resident bytes. */
    memory: number;
  }
  /** Rejects when no process has this number. */
  function pidusage(pid: number): Promise<Usage>;
  export = pidusage;
}
