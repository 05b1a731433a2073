import { type CoreConfig, readCore, readSweep, type SweepConfig } from './closing';
import { type Environment, type SettingName, SettingsReader } from './settings';
import { versionIn } from './version';

/** Every setting of the sweeper app: nothing in it opens or signs. */
export const sweeperSettings = [
  'AzureWebJobsStorage',
  'AzureWebJobsStorage__tableServiceUri',
  'AZURE_CLOUD',
  'ARM_ENDPOINT',
  'ARM_AUDIENCE',
  'AZURE_CLIENT_ID',
  'DEPLOYMENT',
  'MARKER_PUBLIC_KEYS',
  'SWEEP_SCHEDULE',
  'SWEEP_MODE',
  'SWEEP_SCOPES',
] as const satisfies readonly SettingName[];

/** Settings that belong to the opener alone: whoever finds them here has put a secret in the wrong app. */
const foreign: readonly SettingName[] = ['MARKER_PRIVATE_KEY', 'POLICY_FILE'];

export type SweeperConfig = CoreConfig &
  SweepConfig & {
    readonly version: string;
    /** What is wrong but keeps nobody from closing. */
    readonly settingFaults: readonly string[];
  };

/**
 * Reads the settings of the sweeper app, all faults together. `appFolder` is where the bundle and
 * its package.json are.
 */
export function readSweeperConfig(
  env: Environment,
  appFolder: string,
): SweeperConfig | { readonly faults: readonly string[] } {
  const reader = new SettingsReader(env);
  const lesser = new SettingsReader(env);
  const core = readCore(reader);
  const sweeping = readSweep(lesser);
  for (const name of foreign) {
    if (lesser.optional(name) !== '') {
      lesser.fault(`${name} is set: the sweeper app must not hold it.`);
    }
  }
  if (core === null) return { faults: [...reader.faults, ...lesser.faults] };
  return {
    ...core,
    ...sweeping,
    version: versionIn(appFolder),
    settingFaults: lesser.faults,
  };
}
