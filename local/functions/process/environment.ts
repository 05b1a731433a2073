import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the process is told by its environment. */
export type ProcessSettings = {
  bundlePath: string;
  port: number;
  stateDirectory: string;
  keysJson: string | undefined;
  keysPath: string;
  /** `exact`: timers to the millisecond. `measured`: early and late as on the real engine. */
  timing: 'exact' | 'measured';
  seed: number;
};

/** Reads the settings; throws with the name of a variable that is wrong. */
export function readEnvironment(env: NodeJS.ProcessEnv): ProcessSettings {
  const stateDirectory = resolve(env['FUNCTIONS_HOST_STATE'] ?? '.local/functions');
  return {
    bundlePath: bundlePath(resolve(env['FUNCTIONS_HOST_APP'] ?? 'dist')),
    port: wholeNumber(env, 'FUNCTIONS_HOST_PORT', 7071, 65_535),
    stateDirectory,
    keysJson: env['FUNCTIONS_HOST_KEYS'],
    keysPath: resolve(env['FUNCTIONS_HOST_KEYS_FILE'] ?? join(stateDirectory, 'keys.json')),
    timing: env['FUNCTIONS_HOST_TIMING'] === 'exact' ? 'exact' : 'measured',
    seed: wholeNumber(env, 'FUNCTIONS_HOST_SEED', Date.now() % 2 ** 31, 2 ** 32 - 1),
  };
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  defaultValue: number,
  largest: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return defaultValue;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > largest) {
    throw new Error(`${name} is '${text}'; a whole number up to ${largest} is wanted.`);
  }
  return value;
}

/** A file, or a folder whose package.json names its `main`; without one it is main.js. */
function bundlePath(given: string): string {
  if (!existsSync(given)) throw new Error(`FUNCTIONS_HOST_APP: there is no ${given}.`);
  if (!statSync(given).isDirectory()) return given;
  const manifest = join(given, 'package.json');
  if (!existsSync(manifest)) return join(given, 'main.js');
  const { main } = JSON.parse(readFileSync(manifest, 'utf8')) as { main?: string };
  return join(given, main ?? 'main.js');
}
