import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, absolute. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One source file: its path from the project's folder with `/`, and its text. */
export interface SourceFile {
  path: string;
  text: string;
}

/** One import of a source file. */
export interface SourceImport {
  /** As written. */
  specifier: string;
  /** From the project's folder with `/`, for a relative specifier; null for a package or a Node module. */
  target: string | null;
  /** `import type`, `export type`, or a declaration file: gone at run time. */
  isTypeOnly: boolean;
}

const sourceExtensions = new Set(['.ts', '.tsx', '.mjs']);

/** Every source file under these folders of the project, in path order. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && sourceExtensions.has(extname(entry.name)))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => ({ path: relative(projectRoot, file).split(sep).join('/'), text: readFileSync(file, 'utf8') })),
  );
}

const staticImport = /^\s*(import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const dynamicImport = /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The imports and re-exports of a file, static and dynamic. */
export function findImports({ path, text }: SourceFile): SourceImport[] {
  const resolveTarget = (specifier: string) =>
    specifier.startsWith('.')
      ? relative(projectRoot, resolve(projectRoot, dirname(path), specifier))
          .split(sep)
          .join('/')
      : null;
  const fixed = [...text.matchAll(staticImport)].map(([, , type, specifier = '']) => ({
    specifier,
    target: resolveTarget(specifier),
    isTypeOnly: type !== undefined || path.endsWith('.d.ts'),
  }));
  const dynamic = [...text.matchAll(dynamicImport)].map(([, specifier = '']) => ({
    specifier,
    target: resolveTarget(specifier),
    isTypeOnly: false,
  }));
  return [...fixed, ...dynamic];
}

/** Source text without comments: what a search for code must look at. */
export function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}(,])\/\/.*$/gm, '$1');
}
