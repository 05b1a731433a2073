import type { ChainStore } from './ports/audit';

/** Files that live and die with the process, for tests and for trying things out. */
export type ChainStoreMemory = ChainStore & {
  /** The whole text of each file, by name. */
  readonly files: ReadonlyMap<string, string>;
};

/** Everything happens before the first `await`, hence atomically. */
export function createChainStoreMemory(): ChainStoreMemory {
  const files = new Map<string, string>();
  return {
    files,
    readTail: async (file) => {
      const text = files.get(file);
      if (text === undefined) return null;
      return { text, length: Buffer.byteLength(text), isFull: false };
    },
    append: async (file, text, position) => {
      const before = files.get(file) ?? '';
      if (Buffer.byteLength(before) !== position) return 'moved';
      files.set(file, before + text);
      return 'appended';
    },
    readAll: async (file) => files.get(file) ?? null,
    names: async (prefix) => [...files.keys()].filter((file) => file.startsWith(prefix)).sort(),
  };
}
