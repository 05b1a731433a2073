import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';

const pairs = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')] as const;

/** The key pair of a version, as settings hold it. */
export const keys = pairs.map(({ privateKey, publicKey }) => ({
  private: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  public: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64'),
}));

/** The folder of the clone, where the sample policy is. */
export const appFolder = resolve(__dirname, '../../..');

/** Settings in which nothing is missing: those of an app in Azure. */
export function goodSettings(): Record<string, string> {
  return {
    AzureWebJobsStorage__tableServiceUri: 'https://storage.table.core.windows.net',
    AzureWebJobsStorage__blobServiceUri: 'https://storage.blob.core.windows.net',
    AzureWebJobsStorage__queueServiceUri: 'https://storage.queue.core.windows.net',
    AZURE_CLOUD: 'AzureCloud',
    AZURE_CLIENT_ID: '0a1b2c3d-0000-4000-8000-000000000001',
    DEPLOYMENT: 'abc123',
    MARKER_PUBLIC_KEYS: `1:${keys[0]?.public}, 2:${keys[1]?.public}`,
    SWEEP_SCHEDULE: '*/5 * * * * *',
    RECONCILE_SCHEDULE: '0 * * * * *',
    SWEEPER: 'none',
    SWEEP_RUN_SECONDS: '1',
    DELETE_SECONDS: '4',
    POLICY_FILE: 'policy.yaml',
    MARKER_PRIVATE_KEY: keys[0]?.private ?? '',
    MARKER_KEY_VERSION: '1',
    ACTIVATION_QUEUE: 'activations',
    WEBSITE_AUTH_ENABLED: 'True',
    API_TENANT_ID: '0a1b2c3d-0000-4000-8000-00000000000A',
    API_CLIENT_ID: '0a1b2c3d-0000-4000-8000-00000000000b',
    NOTICES_TEAMS_URL: 'https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers?sig=s',
    NOTICES_SLACK_URL: 'https://hooks.slack.com/services/T/B/x',
    NOTICES_WEBHOOK_URL: 'https://hooks.example.org/postern',
    NOTICES_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    NOTICES_TOPIC_ENDPOINT: 'https://postern.westeurope-1.eventgrid.azure.net/api/events',
    NOTICES_TOPIC_KEY: 'a-key-of-the-topic-that-is-long-enough',
    NOTICES_LINK: 'https://postern.example.org',
    NOTICES_SCHEDULE: '*/15 * * * * *',
    REMEDIATION_QUEUE: 'remediations',
  };
}
