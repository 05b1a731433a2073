import type { ClosingConfig } from './config/closing';
import { readClosing } from './config/closing';
import type { OpeningConfig } from './config/opening';
import { readOpening } from './config/opening';
import type { Environment } from './config/settings';
import { SettingsReader } from './config/settings';

export type { ClosingConfig } from './config/closing';
export type { OpeningConfig } from './config/opening';
export type { Environment } from './config/settings';

type Faulty = { readonly faults: readonly string[] };

/** Both halves of the settings. A fault in the opening half never reaches the closing one. */
export type Config = {
  readonly closing: ClosingConfig | Faulty;
  readonly opening: OpeningConfig | Faulty;
};

/**
 * Reads every setting once, with all its faults together. Closing needs only the ledger, Resource
 * Manager, an identity and public keys; policy and private key belong to opening, whose faults
 * disable doors and openings and nothing else. `appFolder` is where `POLICY_FILE` is looked for.
 */
export function readConfig(env: Environment, appFolder: string): Config {
  const closingReader = new SettingsReader(env);
  const openingReader = new SettingsReader(env);
  const closing = readClosing(closingReader, openingReader);
  const opening = readOpening(openingReader, appFolder, closing);
  return {
    closing: closing ?? { faults: closingReader.faults },
    opening: opening ?? { faults: openingReader.faults },
  };
}
