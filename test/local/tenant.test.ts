import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demonstrationEstate, vmId } from '../../local/estate';
import { createLocalAzure } from '../../local/localAzure';
import type { CustomRoles } from '../../local/tenant';
import { identities } from '../../local/tenant';
import type { VirtualTime } from '../virtualTime';
import { installVirtualTime } from '../virtualTime';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const role = (name: string): unknown =>
  JSON.parse(readFileSync(join(__dirname, '../../infra/roles', `${name}.json`), 'utf8'));

const without: CustomRoles = {
  opener: role('opener'),
  sweeper: role('sweeper'),
  reader: role('reader'),
};

function azureWith(customRoles: CustomRoles) {
  return createLocalAzure({
    estate: demonstrationEstate(),
    seed: 1,
    customRoles,
    eventGrid: { subscriptions: [], deliver: async () => ({ status: 200, headers: {}, body: '' }) },
  });
}

/** What the remediator gets for one call. */
async function statusOf(roles: CustomRoles, method: string, path: string, body?: unknown) {
  const azure = azureWith(roles);
  const { token } = azure.login.issueToken(identities.remediator);
  const { status } = await azure.handle({
    method,
    url: `https://localhost${path}?api-version=2024-07-01`,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  azure.close();
  return status;
}

const vm = vmId('vm-app-01');
const login = {
  location: 'westeurope',
  properties: {
    publisher: 'Microsoft.Azure.ActiveDirectory',
    type: 'AADLoginForWindows',
    typeHandlerVersion: '2.0',
    autoUpgradeMinorVersion: true,
  },
};
const identity = { identity: { type: 'SystemAssigned' } };

describe('the remediator of a tenant', () => {
  const withRole = { ...without, remediator: role('remediator') };
  const withBoth = { ...withRole, remediatorIdentity: role('remediatorIdentity') };
  const extension = `${vm}/extensions/AADLoginForWindows`;

  it('is not there without its role', async () => {
    expect(await statusOf(without, 'GET', vm)).toBe(403);
  });

  it('reads machines and writes extensions by its own role, and no identity', async () => {
    expect(await statusOf(withRole, 'GET', vm)).toBe(200);
    expect(await statusOf(withRole, 'GET', `${vm}/instanceView`)).toBe(200);
    expect(await statusOf(withRole, 'PUT', extension, login)).toBe(200);
    expect(await statusOf(withRole, 'PATCH', vm, identity)).toBe(403);
    expect(await statusOf(withRole, 'DELETE', extension)).toBe(403);
  });

  it('turns identities on by the second', async () => {
    expect(await statusOf(withBoth, 'PATCH', vm, identity)).toBe(200);
    expect(await statusOf(withBoth, 'DELETE', extension)).toBe(403);
  });

  it('changes nothing of what the others are given', () => {
    const assigned = (roles: CustomRoles) =>
      azureWith(roles)
        .pim.assignments()
        .map(({ id, principalId }) => `${principalId} ${id}`);
    const before = assigned(without);
    expect(assigned(withBoth).slice(0, before.length)).toEqual(before);
    expect(assigned(withBoth)).toHaveLength(before.length + 2);
  });
});
