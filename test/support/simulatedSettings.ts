import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenantId } from '../../local/estate';
import { postern } from '../../local/tenant';
import { readConfig } from '../../shared/config';
import { policyFile } from './policyFile';

/** What the settings of a simulated app depend on. */
export type SettingsOptions = {
  /** Text of a policy file in place of the sample. */
  policy?: string;
  /** True: the policy is faulty, and with it the opening half of the settings. */
  openingFaulty?: boolean;
  /** True: `policy` is one that the app may refuse, and goes on closing all the same. */
  policyRefused?: boolean;
  /** Settings in place of those of the sample. */
  settings?: Record<string, string>;
};

const root = join(__dirname, '..', '..');

const brokenPolicy = 'version: 1\nallow: nobody\n';

/** The same key in every process, so that a run can be repeated to the last byte of a marker. */
const privateKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    createHash('sha256').update('the simulated deployment').digest(),
  ]),
  format: 'der',
  type: 'pkcs8',
});

/** Reading settings and policy again for each start of a host would cost more than the start. */
const configs = new Map<string, ReturnType<typeof readConfig>>();

/** The settings as the app reads them. */
export function configOf(options: SettingsOptions): ReturnType<typeof readConfig> {
  const values = settings(options);
  const key = JSON.stringify(values);
  const config = configs.get(key) ?? readConfig(values, root);
  configs.set(key, config);
  return config;
}

const sample = JSON.parse(readFileSync(join(root, 'local.settings.sample.json'), 'utf8')) as {
  Values: Record<string, string>;
};
const keySettings = {
  API_TENANT_ID: tenantId,
  API_CLIENT_ID: postern.clientId,
  MARKER_PRIVATE_KEY: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  MARKER_PUBLIC_KEYS: `1:${createPublicKey(privateKey)
    .export({ format: 'der', type: 'spki' })
    .subarray(-32)
    .toString('base64')}`,
};

/** The sample settings, with keys made for simulations. */
export function settings(options: SettingsOptions): Record<string, string> {
  const policy = options.openingFaulty ? brokenPolicy : options.policy;
  return {
    ...sample.Values,
    ...keySettings,
    MARKER_KEY_VERSION: '1',
    POLICY_FILE: policy === undefined ? 'policy.yaml' : policyFile(root, policy),
    ...options.settings,
  };
}

const readRole = (name: string): unknown =>
  JSON.parse(readFileSync(join(root, 'infra', 'roles', `${name}.json`), 'utf8'));
const roleFiles = {
  opener: readRole('opener'),
  sweeper: readRole('sweeper'),
  reader: readRole('reader'),
};

const remediatorFiles = [readRole('remediator'), readRole('remediatorIdentity')];

/** The custom roles of `infra/roles` that every test has. */
export function customRoles(): typeof roleFiles {
  return roleFiles;
}

/** The roles of the remediator: where a test has one, its Azure knows these as well. */
export function remediatorRoles() {
  return { remediator: remediatorFiles[0], remediatorIdentity: remediatorFiles[1] };
}
