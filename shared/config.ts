import type { ApiConfig } from './config/api';
import { readApi } from './config/api';
import type { ClosingConfig } from './config/closing';
import { readClosing } from './config/closing';
import type { NoticesConfig } from './config/notices';
import { readNotices } from './config/notices';
import type { OpeningConfig } from './config/opening';
import { readOpening } from './config/opening';
import type { RemediationConfig } from './config/remediation';
import { readRemediation } from './config/remediation';
import type { Environment } from './config/settings';
import { SettingsReader } from './config/settings';

export type { ClosingConfig } from './config/closing';
export type { OpeningConfig } from './config/opening';
export type { Environment } from './config/settings';

type Faulty = { readonly faults: readonly string[] };

/** The parts of the settings. A fault in opening or in the API never reaches the closing half. */
export type Config = {
  readonly closing: ClosingConfig | Faulty;
  readonly opening: OpeningConfig | Faulty;
  readonly api: ApiConfig | Faulty;
  readonly notices: NoticesConfig | Faulty;
  readonly remediation: RemediationConfig | Faulty;
};

/**
 * Reads every setting once, with all its faults together. Closing needs only the ledger, Resource
 * Manager, an identity and public keys; policy and private key belong to opening, whose faults
 * disable openings and nothing else; without the API's, nobody is let in over HTTP. A fault in those
 * of notices is one of opening as well: nothing opens in silence that somebody wants to be told of;
 * and so is one in those of the remediation. `appFolder` is where `POLICY_FILE` is looked for.
 */
export function readConfig(env: Environment, appFolder: string): Config {
  const closingReader = new SettingsReader(env);
  const openingReader = new SettingsReader(env);
  const closing = readClosing(closingReader, openingReader);
  const noticesReader = new SettingsReader(env);
  const notices = readNotices(noticesReader);
  const remediationReader = new SettingsReader(env);
  const remediation = readRemediation(remediationReader);
  for (const { faults } of [noticesReader, remediationReader]) {
    for (const fault of faults) openingReader.fault(fault);
  }
  const opening = readOpening(openingReader, appFolder, closing);
  const apiReader = new SettingsReader(env);
  const api = readApi(apiReader);
  return {
    closing: closing ?? { faults: closingReader.faults },
    opening: opening ?? { faults: openingReader.faults },
    api: api ?? { faults: apiReader.faults },
    notices: notices ?? { faults: noticesReader.faults },
    remediation: remediation ?? { faults: remediationReader.faults },
  };
}
