/** The part of yauzl that is used here; the package has no types of its own. */
declare module 'yauzl' {
  import type { Readable } from 'node:stream';

  interface Entry {
    fileName: string;
    uncompressedSize: number;
    /** Unix mode in the upper 16 bits, where it was packed on such a system. */
    externalFileAttributes: number;
    isEncrypted(): boolean;
  }
  interface ZipFile {
    entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    /** The stream fails when the data is not as long as the entry says. */
    openReadStreamPromise(entry: Entry): Promise<Readable>;
  }
  /** Rejects for a file that is no zip. Names that are absolute, climb, or hold a backslash make the iteration throw. */
  function fromBufferPromise(
    buffer: Buffer,
    options: { lazyEntries: boolean; strictFileNames: boolean },
  ): Promise<ZipFile>;
}
