import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { HostKeys } from '../host/settings';

function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function complete(given: Partial<HostKeys>): HostKeys {
  return {
    master: given.master ?? newKey(),
    host: given.host ?? newKey(),
    functions: given.functions ?? {},
    system: {
      durabletask: given.system?.durabletask ?? newKey(),
      eventgrid: given.system?.eventgrid ?? newKey(),
    },
  };
}

/** Keys from JSON text, or from a file that is made, readable by its owner only, when missing. */
export function hostKeys(json: string | undefined, path: string): HostKeys {
  if (json !== undefined) return complete(JSON.parse(json) as Partial<HostKeys>);
  if (existsSync(path)) {
    return complete(JSON.parse(readFileSync(path, 'utf8')) as Partial<HostKeys>);
  }
  const keys = complete({});
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}
