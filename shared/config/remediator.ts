import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RemediationRules } from '../domain/remediation/remediationRules';
import { readRules } from '../remediation/readRules';
import { type PlaceConfig, readPlace } from './closing';
import { parseNcrontab } from './ncrontab';
import { queueName, queueNameForm } from './queueName';
import { type Environment, type SettingName, SettingsReader } from './settings';
import { versionIn } from './version';

/** Every setting of the remediator app: nothing in it opens, closes or signs. */
export const remediatorSettings = [
  'AzureWebJobsStorage',
  'AzureWebJobsStorage__tableServiceUri',
  'AZURE_CLOUD',
  'ARM_ENDPOINT',
  'ARM_AUDIENCE',
  'AZURE_CLIENT_ID',
  'DEPLOYMENT',
  'REMEDIATION_MODE',
  'REMEDIATION_SCHEDULE',
  'REMEDIATION_TIME_ZONE',
  'REMEDIATION_RULES',
  'REMEDIATION_QUEUE',
] as const satisfies readonly SettingName[];

/** What belongs to other apps: whoever finds it here has put a secret in the wrong one. */
const foreign: readonly SettingName[] = ['MARKER_PRIVATE_KEY', 'POLICY_FILE'];

export type RemediatorConfig = PlaceConfig & {
  /** NCRONTAB, and the time zone that it is meant in. */
  readonly schedule: string;
  readonly timeZone: string;
  readonly rules: RemediationRules;
  readonly queue: string;
  readonly version: string;
};

/** The app is off, its settings are faulty, or it may begin. */
export type RemediatorSettings =
  | { readonly mode: 'off' }
  | { readonly mode: 'on'; readonly config: RemediatorConfig }
  | { readonly faults: readonly string[] };

/**
 * Reads the settings of the remediator app, all faults together. `appFolder` is where the bundle and
 * the rules are. Off is what it is where nobody says anything: it writes to machines.
 */
export function readRemediatorConfig(env: Environment, appFolder: string): RemediatorSettings {
  const reader = new SettingsReader(env);
  const mode = reader.either('REMEDIATION_MODE', ['on', 'off']) ?? 'off';
  if (mode === 'off' && reader.faults.length === 0) return { mode };
  for (const name of foreign) {
    if (reader.optional(name) !== '') {
      reader.fault(`${name} is set: the remediator app must not hold it.`);
    }
  }
  const place = readPlace(reader);
  const schedule = reader.required(
    'REMEDIATION_SCHEDULE',
    'NCRONTAB of six fields, such as 0 30 2 * * *',
    (text) => (parseNcrontab(text) === null ? null : text),
  );
  const timeZone = readTimeZone(reader);
  const rules = readRulesFile(reader, appFolder);
  const queue = reader.required('REMEDIATION_QUEUE', queueNameForm, queueName);
  if (reader.faults.length > 0) return { faults: reader.faults };
  if (!place || !schedule || !timeZone || !rules || !queue) return { faults: reader.faults };
  const version = versionIn(appFolder);
  return { mode, config: { ...place, schedule, timeZone, rules, queue, version } };
}

function readTimeZone(reader: SettingsReader): string | null {
  const text = reader.optional('REMEDIATION_TIME_ZONE') || 'UTC';
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return reader.fault('REMEDIATION_TIME_ZONE is not valid: a name such as Europe/Berlin.');
  }
}

function readRulesFile(reader: SettingsReader, appFolder: string): RemediationRules | null {
  const path = reader.required('REMEDIATION_RULES', 'a path, relative to the app', (text) => text);
  if (path === null) return null;
  const text = textIn(resolve(appFolder, path));
  if (text === null) return reader.fault('REMEDIATION_RULES names a file that cannot be read.');
  const read = readRules(text);
  if ('rules' in read) return read.rules;
  for (const fault of read.faults) reader.fault(`REMEDIATION_RULES, ${fault}`);
  return null;
}

function textIn(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
