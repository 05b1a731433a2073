import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { PimSnapshot } from '../azure/pim/types';
import type { LocalAzure } from '../localAzure';

const saveEveryMs = 1_000;

/** What PIM knew when the local Azure last ran, as an option of `createLocalAzure`. */
export function readPim(path: string): { pimFrom?: PimSnapshot } {
  if (!existsSync(path)) return {};
  return { pimFrom: JSON.parse(readFileSync(path, 'utf8')) as PimSnapshot };
}

/** Saves PIM's state whenever it has changed; the returned function saves once more and ends that. */
export function savePim(azure: LocalAzure, path: string): () => void {
  let saved = '';
  const save = (): void => {
    const text = JSON.stringify(azure.pim.snapshot());
    if (text === saved) return;
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    saved = text;
  };
  const timer = setInterval(save, saveEveryMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    save();
  };
}
