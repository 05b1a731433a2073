import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the bundle's package.json, `''` where there is none that can be read. */
export function versionIn(appFolder: string): string {
  try {
    const { version }: { version?: unknown } = JSON.parse(
      readFileSync(join(appFolder, 'package.json'), 'utf8'),
    );
    return typeof version === 'string' ? version.slice(0, 40) : '';
  } catch {
    return '';
  }
}
