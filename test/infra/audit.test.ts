import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAudit } from '../../shared/audit/createAudit';
import { createAuditBlobs } from '../../shared/azure/auditBlobs';
import { type Asked, type Fate, throughProxy } from '../support/blobProxy';
import { day, factsOf } from '../shared/audit/facts';
import { type Azurite, startAzurite } from '../shared/ledger/azurite';

const infra = (name: string): string => readFileSync(join(__dirname, '../../infra', name), 'utf8');
const role = JSON.parse(infra('roles/audit.json')) as Record<string, string[]>;
const container = 'Microsoft.Storage/storageAccounts/blobServices/containers';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite('blob');
}, 20_000);
afterAll(() => azurite.stop());

/**
 * What Azure asks for each call
 * (learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory, "Permissions
 * for blob service operations"): with `add` a blob can be made, and not replaced.
 */
function actionOf({ method, query, headers, isAppend }: Asked): string {
  const isContainer = query.get('restype') === 'container';
  if (method === 'DELETE') return isContainer ? `${container}/delete` : `${container}/blobs/delete`;
  if (method !== 'PUT') return `${container}/blobs/read`;
  if (isContainer) return `${container}/write`;
  const isNew = !query.has('comp') && headers['if-none-match'] === '*';
  return isAppend || isNew ? `${container}/blobs/add/action` : `${container}/blobs/write`;
}

/** Lets pass what the role allows, and notes what was asked for. */
function heldTo(allowed: readonly string[] = [], asked = new Set<string>()) {
  return (one: Asked): Fate => {
    const action = actionOf(one);
    asked.add(action);
    return allowed.includes(action) ? 'pass' : 'forbid';
  };
}

function open(connectionString: string, deployment: string) {
  const store = createAuditBlobs({ kind: 'connectionString', connectionString }, deployment);
  return { store, audit: createAudit(store, deployment, () => day) };
}

/** As the deployment makes it, before the app first writes. */
async function makeContainer(deployment: string): Promise<void> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const service = BlobServiceClient.fromConnectionString(azurite.connectionString);
  await service.getContainerClient(`postern-${deployment}-audit`).create();
}

describe('the right to write the audit', () => {
  const window = { id: 'w1', createdAt: day };

  it('is all that it takes, and no more than that: every call of the app, from the first on', async () => {
    await makeContainer('held01');
    const asked = new Set<string>();
    await throughProxy(
      azurite.connectionString,
      heldTo(role['DataActions'], asked),
      async (through) => {
        const { store, audit } = open(through, 'held01');
        for (const id of ['a', 'b', 'a']) await audit.append(window, [factsOf(id)], 10_000);
        const again = open(through, 'held01');
        await again.audit.append(window, [factsOf('c')], 10_000);
        const [file = ''] = await store.names('windows/', 10_000);
        const text = await store.readAll(file, 10_000);
        expect(text?.match(/"id":"[abc]"/g)).toEqual(['"id":"a"', '"id":"b"', '"id":"c"']);
      },
    );
    expect([...asked].sort()).toEqual(role['DataActions']);
  });

  it('makes no container: one without a policy would keep nothing', async () => {
    await throughProxy(azurite.connectionString, heldTo(role['DataActions']), async (through) => {
      const told = open(through, 'held02').audit.append(window, [factsOf('a')], 10_000);
      await expect(told).rejects.toMatchObject({ facts: { kind: 'denied', status: 403 } });
    });
  });

  it('is of data alone, and neither to replace nor to delete, nor anything with a wildcard', () => {
    expect([role['Actions'], role['NotActions'], role['NotDataActions']]).toEqual([[], [], []]);
    expect(role['DataActions']).toEqual([
      `${container}/blobs/add/action`,
      `${container}/blobs/read`,
    ]);
  });
});

describe('what is deployed for the audit', () => {
  const bicep = infra('audit.bicep');

  it('is the container that the app writes to, with a policy that lets it add', () => {
    expect(bicep).toContain("name: 'postern-${deployment}-audit'");
    expect(bicep).toMatch(
      /immutabilityPolicies@[\s\S]*parent: container[\s\S]*allowProtectedAppendWrites: true/,
    );
    expect(bicep).toContain('immutabilityPeriodSinceCreationInDays: retentionDays');
  });

  it('gives the role of the file, on the container alone, and nobody a key', () => {
    expect(bicep).toContain("loadJsonContent('roles/audit.json')");
    expect(bicep).toMatch(/roleAssignments@[\s\S]*scope: container/);
    expect(bicep.match(/roleAssignments@/g)).toHaveLength(1);
    expect(bicep).toContain('allowSharedKeyAccess: false');
  });
});
