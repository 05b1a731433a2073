import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { settings } from '../../../shared/config/settings';
import type { Config } from '../../../shared/config';
import { readConfig } from '../../../shared/config';
import { policyFile } from '../../support/policyFile';
import { faultsOf, noIdentity, read } from './read';
import { appFolder, goodSettings, keys } from './settings';

const scope = '/subscriptions/11111111-1111-4111-8111-111111111111';
const samplePolicy = readFileSync(join(appFolder, 'policy.yaml'), 'utf8');

function folderWithPolicy(text: string): string {
  return dirname(policyFile(appFolder, text));
}

/**
 * What the other parts say of a fault: nothing; but a fault of notices or of the remediation is one
 * of opening as well.
 */
function othersThan(half: keyof Config, faults: ReturnType<typeof read>): readonly string[] {
  return Object.entries(faults).flatMap(([name, texts]) => {
    const isToldTwice = (half === 'notices' || half === 'remediation') && name === 'opening';
    return name === half
      ? []
      : texts.filter((text) => !isToldTwice || !faults[half].includes(text));
  });
}

describe('settings in order', () => {
  it('give both halves', () => {
    const { closing, opening } = readConfig(goodSettings(), appFolder);
    expect(closing).toMatchObject({
      storage: { kind: 'identity', uri: 'https://storage.table.core.windows.net' },
      resourceManager: {
        endpoint: 'https://management.azure.com',
        audience: 'https://management.azure.com',
      },
      clientId: '0a1b2c3d-0000-4000-8000-000000000001',
      deployment: 'abc123',
      sweep: { text: '*/5 * * * * *', gapMs: 5_000 },
      reconcile: { text: '0 * * * * *', gapMs: 60_000 },
    });
    expect('publicKeys' in closing && [...closing.publicKeys.keys()]).toEqual([1, 2]);
    expect(opening).toMatchObject({ keyVersion: 1, queue: 'activations' });
    expect('policy' in opening && opening.policy.limits.guardMs).toBe(40_000);
  });

  it.each([
    ['AzureUSGovernment', 'https://management.usgovcloudapi.net'],
    ['AzureChinaCloud', 'https://management.chinacloudapi.cn'],
  ])('know the cloud %s', (AZURE_CLOUD, endpoint) => {
    const { closing } = readConfig({ ...goodSettings(), AZURE_CLOUD }, appFolder);
    expect(closing).toMatchObject({ resourceManager: { endpoint, audience: endpoint } });
  });

  it('know a cloud of one’s own, with and without an audience', () => {
    const own = { AZURE_CLOUD: 'Custom', ARM_ENDPOINT: 'https://localhost:10143/' };
    const place = { endpoint: 'https://localhost:10143', audience: 'https://localhost:10143' };
    const { closing } = readConfig({ ...goodSettings(), ...own }, appFolder);
    expect(closing).toMatchObject({ resourceManager: place });
    const ARM_AUDIENCE = 'https://audience.example/';
    const other = readConfig({ ...goodSettings(), ...own, ARM_AUDIENCE }, appFolder);
    expect(other.closing).toMatchObject({
      resourceManager: { endpoint: place.endpoint, audience: ARM_AUDIENCE },
    });
  });

  it('may do without a client id and with blanks around values', () => {
    expect(read({ AZURE_CLIENT_ID: undefined, DEPLOYMENT: ' abc123 ' })).toEqual({
      closing: [],
      opening: [],
      api: [],
      notices: [],
      remediation: [],
    });
  });

  it.each([
    'UseDevelopmentStorage=true',
    'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b;EndpointSuffix=core.windows.net',
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=b;TableEndpoint=http://127.0.0.1:1/a',
    'TableEndpoint=https://a.table.core.windows.net;SharedAccessSignature=sv=x&sig=y',
  ])('may give storage as %j', (AzureWebJobsStorage) => {
    const changes = { AzureWebJobsStorage, ...noIdentity };
    expect(read(changes).closing).toEqual([]);
  });
});

describe('a setting that is missing', () => {
  const optional = [
    'AzureWebJobsStorage',
    'ARM_ENDPOINT',
    'ARM_AUDIENCE',
    'AZURE_CLIENT_ID',
    'SWEEP_MODE',
    'SWEEP_SCOPES',
    'LOGIN_ENDPOINT',
    'AUDIT_BLOB_SERVICE_URI',
    'NOTICES_TEAMS_URL',
    'NOTICES_SLACK_URL',
    'NOTICES_TOPIC_ENDPOINT',
    'NOTICES_TOPIC_KEY',
    'REMEDIATION_QUEUE',
  ];
  const required = Object.entries(settings).filter(([name]) => !optional.includes(name));

  it.each(required)('%s is named by the %s half alone', (name, half) => {
    for (const value of [undefined, '', '  ']) {
      const faults = read({ [name]: value });
      const said = name.endsWith('__tableServiceUri') ? 'AzureWebJobsStorage' : name;
      expect(faults[half]).toEqual([expect.stringContaining(`${said} is missing`)]);
      expect(othersThan(half, faults)).toEqual([]);
    }
  });

  it.each(['http://localhost:1', 'https://a/b', 'https://a@b', 'a', ''])(
    'is LOGIN_ENDPOINT where the cloud is one’s own, and %j is none',
    (LOGIN_ENDPOINT) => {
      const own = { AZURE_CLOUD: 'Custom', ARM_ENDPOINT: 'https://localhost:1', LOGIN_ENDPOINT };
      expect(read(own)).toMatchObject({
        closing: [],
        api: [expect.stringContaining('LOGIN_ENDPOINT')],
      });
      expect(read({ ...own, LOGIN_ENDPOINT: 'https://localhost:1' }).api).toEqual([]);
    },
  );

  it('is ARM_ENDPOINT where the cloud is one’s own', () => {
    expect(read({ AZURE_CLOUD: 'Custom' }).closing).toEqual([
      expect.stringContaining('ARM_ENDPOINT is missing'),
    ]);
  });

  it('comes with all the others', () => {
    const { closing, opening, api } = readConfig({}, appFolder);
    expect(faultsOf(closing)).toHaveLength(4);
    expect(faultsOf(opening)).toHaveLength(9);
    expect(faultsOf(api)).toHaveLength(3);
  });
});

describe('how the sweep may act', () => {
  it('is without limits where nothing is said, or where what is said cannot be read', () => {
    const free = { mode: 'close', scopes: [] };
    const wrong = { SWEEP_MODE: 'never', SWEEP_SCOPES: 'somewhere' };
    for (const changes of [{}, wrong]) {
      const { closing } = readConfig({ ...goodSettings(), ...changes }, appFolder);
      expect(closing).toMatchObject({ sweepSettings: free });
    }
  });

  it('is a report, or limited to scopes', () => {
    const changes = {
      SWEEP_MODE: 'report',
      SWEEP_SCOPES: ` ${scope} ,${scope}/resourceGroups/rg-1/`,
    };
    const { closing } = readConfig({ ...goodSettings(), ...changes }, appFolder);
    expect(closing).toMatchObject({
      sweepSettings: { mode: 'report', scopes: [scope, `${scope}/resourceGroups/rg-1`] },
    });
  });
});

describe('a setting that is wrong', () => {
  const wrong: Record<string, string[]> = {
    AzureWebJobsStorage__tableServiceUri: ['storage', 'http://storage.example', 'ftp://x'],
    AzureWebJobsStorage__blobServiceUri: ['storage', 'http://storage.example', 'ftp://x'],
    AUDIT_BLOB_SERVICE_URI: ['storage', 'http://storage.example', 'UseDevelopmentStorage=true'],
    AZURE_CLOUD: ['azurecloud', 'Elsewhere', '__proto__', 'constructor'],
    AZURE_CLIENT_ID: ['me', '0a1b2c3d'],
    DEPLOYMENT: ['ABC123', 'abc12', 'abc1234', 'abc-12'],
    MARKER_PUBLIC_KEYS: [
      'x',
      keys[0]?.public ?? '',
      `0:${keys[0]?.public}`,
      `1:${keys[0]?.public},1:${keys[1]?.public}`,
      `1:${keys[0]?.public},`,
      `1:${keys[0]?.private}`,
      '1:AAAA',
    ],
    SWEEP_SCHEDULE: ['often', '* * * * *', '0 0 0 1 * *', '*/0 * * * * *', '99 * * * * *', '-'],
    RECONCILE_SCHEDULE: ['5-2 * * * * *', '1,,2 * * * * *', '0 */x * * * *', '0 * * * * * *'],
    SWEEP_MODE: ['Close', 'off', 'delete'],
    SWEEP_SCOPES: ['all', '/', '/subscriptions/x', `${scope}/providers/Microsoft.Compute/x/y`, ','],
    SWEEPER: ['yes', 'None', 'required,watched'],
    SWEEP_RUN_SECONDS: ['0', '-1', '1.5', 'PT1S', '601', '1e2'],
    DELETE_SECONDS: ['0', 'x', ' 1 0', '9999'],
    POLICY_FILE: ['no-such-file.yaml', '.', 'policy.yaml\u0000'],
    MARKER_PRIVATE_KEY: ['x', keys[0]?.public ?? '', '-----BEGIN PRIVATE KEY-----\nAAAA'],
    MARKER_KEY_VERSION: ['0', '-1', 'one', '1.0', '1234567'],
    ACTIVATION_QUEUE: ['Queue', 'a', 'a--b', '-ab', 'x'.repeat(64)],
    WEBSITE_AUTH_ENABLED: ['false', '1', 'yes', 'true true'],
    API_TENANT_ID: ['contoso.onmicrosoft.com', 'common', '*'],
    API_CLIENT_ID: ['api://postern', 'x'],
    // Set where the cloud has a sign-in of its own.
    LOGIN_ENDPOINT: ['https://login.example.com'],
    NOTICES_TEAMS_URL: [
      'http://a.b.logic.azure.com/w?sig=canary-4711',
      'https://logic.azure.com.evil.example/w?sig=canary-4711',
      'https://evil.example/logic.azure.com?sig=canary-4711',
      'https://me:canary-4711@a.logic.azure.com/w',
    ],
    NOTICES_SLACK_URL: [
      'https://hooks.slack.com.evil.example/canary-4711',
      'https://a.hooks.slack.com/canary-4711',
      'http://hooks.slack.com/canary-4711',
      'canary-4711',
    ],
    NOTICES_WEBHOOK_URL: [
      'http://hooks.example.org/canary-4711',
      'https://localhost/canary-4711',
      'https://127.0.0.1/canary-4711',
      'https://0x7f.1/canary-4711',
      'https://169.254.169.254/metadata?canary-4711',
      'https://[::1]/canary-4711',
      'https://metadata.internal/canary-4711',
      'https://intranet/canary-4711',
      'file:///etc/canary-4711',
    ],
    NOTICES_WEBHOOK_SECRET: ['canary-4711', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_!canary-4711!'],
    NOTICES_TOPIC_ENDPOINT: [
      'https://topic.example/api/events?canary-4711',
      'http://t.westeurope-1.eventgrid.azure.net/api/events',
    ],
    NOTICES_TOPIC_KEY: ['short', 'canary-4711 with blanks in it'],
    NOTICES_LINK: ['postern.example.org', 'http://postern.example.org', 'https://a.example/b'],
    NOTICES_SCHEDULE: ['often', '0 */2 * * * *'],
    REMEDIATION_QUEUE: ['Queue', 'a', 'a--b', '-ab', 'x'.repeat(64)],
    AzureWebJobsStorage__queueServiceUri: ['storage', 'http://storage.example', 'ftp://x'],
  };
  const table = Object.entries(wrong).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );

  it.each(table)('%s: %j is named by its own half alone', (name, value) => {
    const half = settings[name as keyof typeof settings];
    const faults = read({ [name]: value });
    expect(faults[half]).toEqual([expect.stringContaining(name)]);
    expect(othersThan(half, faults)).toEqual([]);
    expect(JSON.stringify(faults)).not.toContain('canary-4711');
  });

  it('stands in the table, whichever setting it is', () => {
    const elsewhere = ['AzureWebJobsStorage', 'ARM_ENDPOINT', 'ARM_AUDIENCE'];
    expect([...Object.keys(wrong), ...elsewhere].sort()).toEqual(Object.keys(settings).sort());
  });

  it.each([
    'x',
    'AccountName=a;AccountKey=b',
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=b',
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=b;TableEndpoint=http://evil.example/a',
    'TableEndpoint=nowhere;SharedAccessSignature=x',
    'DefaultEndpointsProtocol=https;AccountName=a',
  ])('a connection string %j', (AzureWebJobsStorage) => {
    const changes = { AzureWebJobsStorage, ...noIdentity };
    expect(read(changes)).toEqual({
      closing: [expect.stringContaining('AzureWebJobsStorage is not valid')],
      opening: [],
      api: [],
      notices: [],
      remediation: [],
    });
  });

  it.each(['http://localhost:10143', 'https://localhost/x', 'https://u:p@localhost', 'localhost'])(
    'an endpoint %j',
    (ARM_ENDPOINT) => {
      expect(read({ AZURE_CLOUD: 'Custom', ARM_ENDPOINT }).closing).toEqual([
        expect.stringContaining('ARM_ENDPOINT'),
      ]);
    },
  );

  it.each(['ARM_ENDPOINT', 'ARM_AUDIENCE'])('%s beside a cloud that has its own', (name) => {
    expect(read({ [name]: 'https://localhost:1' }).closing).toEqual([
      expect.stringContaining(`${name} is set`),
    ]);
  });

  it('two storages at once', () => {
    expect(read({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }).closing).toEqual([
      expect.stringContaining('both set'),
    ]);
  });

  it('a Key Vault reference that nobody resolved', () => {
    const reference = '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s)';
    expect(read({ MARKER_PRIVATE_KEY: reference })).toEqual({
      closing: [],
      opening: [expect.stringContaining('Key Vault reference')],
      api: [],
      notices: [],
      remediation: [],
    });
  });

  it('a key version without its public key, or with another’s', () => {
    expect(read({ MARKER_KEY_VERSION: '3' }).opening).toEqual([
      expect.stringContaining('holds no key of MARKER_KEY_VERSION 3'),
    ]);
    expect(read({ MARKER_KEY_VERSION: '2' }).opening).toEqual([
      expect.stringContaining('does not belong'),
    ]);
  });

  it('is never repeated in what is said about it', () => {
    const canary = 'planted-canary-0123456789';
    for (const name of Object.keys(settings)) {
      const { closing, opening } = read({ [name]: canary });
      expect([...closing, ...opening].join('\n')).not.toContain(canary);
    }
  });
});

describe('times that could not keep the promise', () => {
  it('a sweep that comes too late for the lead', () => {
    expect(read({ SWEEP_SCHEDULE: '*/6 * * * * *' })).toEqual({
      closing: [],
      opening: [expect.stringContaining("The policy's lead (10 s) is shorter")],
      api: [],
      notices: [],
      remediation: [],
    });
    expect(read({ DELETE_SECONDS: '5' }).opening).toHaveLength(1);
    expect(read({ SWEEP_SCHEDULE: '0,1 * * * * *' }).opening).toEqual([
      expect.stringContaining('64 s'),
    ]);
  });

  it('a guard that leaves the sleeper no time before the sweep', () => {
    const folder = folderWithPolicy(samplePolicy.replace('guard: 40s', 'guard: 39s'));
    const { closing, opening } = readConfig(goodSettings(), folder);
    expect(faultsOf(closing)).toEqual([]);
    expect(faultsOf(opening).join('\n')).toMatch(/guard/i);
  });
});

describe('a faulty policy', () => {
  it('stops openings only, and says line and column', () => {
    const folder = folderWithPolicy(`${samplePolicy}\nno such key: 1\n`);
    const { closing, opening } = readConfig(goodSettings(), folder);
    expect(faultsOf(closing)).toEqual([]);
    expect(faultsOf(opening)[0]).toMatch(/^Policy, line \d+, column \d+: \S+: /);
  });
});
