/** Every setting of the app, and which half needs it. `local.settings.sample.json` has them all. */
export const settings = {
  /** Storage of the host and of the ledger, as a connection string: for a local Azure. */
  AzureWebJobsStorage: 'closing',
  /** The same by identity, in Azure: the URI of the table service. One of the two. */
  AzureWebJobsStorage__tableServiceUri: 'closing',
  /** By identity as well: the URI of the blob service, where the audit is kept. */
  AzureWebJobsStorage__blobServiceUri: 'opening',
  /** The blob service of an account that keeps nothing but the audit, by identity; optional. */
  AUDIT_BLOB_SERVICE_URI: 'opening',
  /** `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or `Custom` with the two after it. */
  AZURE_CLOUD: 'closing',
  /** Resource Manager of a `Custom` cloud: https, host and port only. */
  ARM_ENDPOINT: 'closing',
  /** What tokens for it are asked for; optional, the endpoint if absent. */
  ARM_AUDIENCE: 'closing',
  /** Client id of a user-assigned identity; optional, the system-assigned one if absent. */
  AZURE_CLIENT_ID: 'closing',
  /** Six lower-case letters or digits that stand in every rule name. */
  DEPLOYMENT: 'closing',
  /** `1:<base64 of 32 bytes>,2:…`: every key version that open windows may carry. */
  MARKER_PUBLIC_KEYS: 'closing',
  /** NCRONTAB with seconds. */
  SWEEP_SCHEDULE: 'opening',
  RECONCILE_SCHEDULE: 'opening',
  /** `close`, or `report`: the sweep deletes nothing and says what it would; optional. */
  SWEEP_MODE: 'opening',
  /** Ids of subscriptions, groups or NSGs outside of which the sweep deletes nothing; optional. */
  SWEEP_SCOPES: 'opening',
  /** `required`, `watched` or `none`: what is asked of the sweeper app before anything is signed. */
  SWEEPER: 'opening',
  /** How long one sweep and one delete of a rule are assumed to take, in seconds. */
  SWEEP_RUN_SECONDS: 'opening',
  DELETE_SECONDS: 'opening',
  /** The policy, beside `host.json`. */
  POLICY_FILE: 'opening',
  /** PKCS#8, as base64 or PEM; in Azure a Key Vault reference. */
  MARKER_PRIVATE_KEY: 'opening',
  /** Which of the public keys belongs to it. */
  MARKER_KEY_VERSION: 'opening',
  /** Storage queue that Event Grid delivers to. */
  ACTIVATION_QUEUE: 'opening',
  /** `true` where App Service authentication is on; set by the platform, never by hand. */
  WEBSITE_AUTH_ENABLED: 'api',
  /** Tenant and app registration whose tokens the API takes. */
  API_TENANT_ID: 'api',
  API_CLIENT_ID: 'api',
  /** Sign-in of a `Custom` cloud: https, host and port only. */
  LOGIN_ENDPOINT: 'api',
  /** URL of a Workflows webhook of Teams: a secret; in Azure a Key Vault reference. Optional. */
  NOTICES_TEAMS_URL: 'notices',
  /** URL of an incoming webhook of Slack: a secret as well. Optional. */
  NOTICES_SLACK_URL: 'notices',
  /** Any other webhook, and `whsec_<base64>`, by which it is signed. Optional. */
  NOTICES_WEBHOOK_URL: 'notices',
  NOTICES_WEBHOOK_SECRET: 'notices',
  /** A custom topic of Event Grid, and its key; by the app's identity where there is no key. Optional. */
  NOTICES_TOPIC_ENDPOINT: 'notices',
  NOTICES_TOPIC_KEY: 'notices',
  /** Origin at which people reach this app: cards link there. Needed with any of those above. */
  NOTICES_LINK: 'notices',
  /** NCRONTAB with seconds, at least once a minute. */
  NOTICES_SCHEDULE: 'notices',
  /** Storage queue by which the remediator app is asked; optional: without it there is none. */
  REMEDIATION_QUEUE: 'remediation',
  /** By identity as well: the URI of the queue service. Needed with a queue. */
  AzureWebJobsStorage__queueServiceUri: 'remediation',
} as const satisfies Record<string, 'closing' | 'opening' | 'api' | 'notices' | 'remediation'>;

/** Settings of the remediator app alone. */
const ofRemediator = [
  /** `on`, or `off`: the app does nothing, which is what it does where nobody says anything. */
  'REMEDIATION_MODE',
  /** NCRONTAB with seconds, and the time zone that it is meant in (IANA); UTC if absent. */
  'REMEDIATION_SCHEDULE',
  'REMEDIATION_TIME_ZONE',
  /** The rules of the remediation, beside `host.json`. */
  'REMEDIATION_RULES',
] as const;

export type SettingName = keyof typeof settings | (typeof ofRemediator)[number];

/** Environment variables, or a test's own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Collects the faults of one half while its settings are read. Fault texts name the setting and
 * what is expected of it, never its value: a secret may stand in the wrong one.
 */
export class SettingsReader {
  readonly faults: string[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The setting without surrounding blanks, `''` where it is absent. */
  optional(name: SettingName): string {
    return this.#env[name]?.trim() ?? '';
  }

  /**
   * The setting as `parse` reads it; `null` with a fault where it is missing, or where `parse` gives
   * `null`. A Key Vault reference that was not resolved arrives as its own text and is named as such.
   */
  required<Value>(
    name: SettingName,
    expected: string,
    parse: (text: string) => Value | null,
  ): Value | null {
    const text = this.optional(name);
    if (text === '') return this.fault(`${name} is missing: ${expected}.`);
    if (text.startsWith('@Microsoft.KeyVault(')) {
      return this.fault(`${name} is a Key Vault reference that was not resolved.`);
    }
    const value = parse(text);
    return value ?? this.fault(`${name} is not valid: ${expected}.`);
  }

  /** One of a few words; `null` where it is absent, or with a fault where it is another word. */
  either<Word extends string>(name: SettingName, words: readonly Word[]): Word | null {
    const text = this.optional(name);
    if (text === '') return null;
    return (
      words.find((word) => word === text) ??
      this.fault(`${name} is not valid: ${words.join(' or ')}.`)
    );
  }

  fault(text: string): null {
    this.faults.push(text);
    return null;
  }
}
