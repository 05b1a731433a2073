import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Caller } from '../../../local/azure/contract';
import { demonstrationEstate, nsgId, subscriptionId } from '../../../local/estate';
import { createLocalAzure } from '../../../local/localAzure';
import { portsAt } from '../../../local/supervisor/ports';
import { identities, people } from '../../../local/tenant';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const folder = join(__dirname, '../../../local/clients');
const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
const { opener, sweeper, reader } = identities;
const nothing = { Actions: [], NotActions: [] };

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

function localAzure() {
  const azure = createLocalAzure({
    estate: demonstrationEstate(),
    seed: 1,
    customRoles: {
      opener: { Name: opener.name, ...nothing },
      sweeper: { Name: sweeper.name, ...nothing },
      reader: { Name: reader.name, ...nothing },
    },
    eventGrid: {
      subscriptions: [],
      deliver: async () => ({ status: 200, headers: {}, body: '' }),
    },
    pim: { minimumActiveMs: 0 },
  });
  const put = async (person: { objectId: string; upn: string }, path: string, body: string) => {
    const caller: Caller = { objectId: person.objectId, name: person.upn, kind: 'person' };
    const { token } = azure.login.issueToken(caller);
    const answer = await azure.handle({
      method: 'PUT',
      url: `https://localhost${path}`,
      headers: { authorization: `Bearer ${token}` },
      body,
    });
    return answer.status;
  };
  return { azure, put };
}

it('cloud-config.json points the CLI at the usual port, and at no public cloud', () => {
  const { endpoints } = JSON.parse(file('cloud-config.json')) as {
    endpoints: Record<string, string>;
  };
  const here = `https://localhost:${portsAt(0).resourceManager}/`;
  expect(endpoints).toMatchObject({
    resourceManager: here,
    management: here,
    // The last part keeps MSAL from asking the public cloud where to sign in.
    activeDirectory: `${here}adfs`,
  });
});

it('activation.json activates what Ada is eligible for', async () => {
  const { azure, put } = localAzure();
  const path =
    `/subscriptions/${subscriptionId}/resourceGroups/rg-app/providers/Microsoft.Authorization/` +
    'roleAssignmentScheduleRequests/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee?api-version=2020-10-01';
  expect(await put(people.ada, path, file('activation.json'))).toBe(201);
  await time.pass(3_000);
  expect(azure.pim.activations()).toMatchObject([
    { active: true, principalId: people.ada.objectId },
  ]);
  azure.close();
});

it('edited-rule.json changes the rule of another team, for a Contributor and nobody less', async () => {
  const { azure, put } = localAzure();
  const id = `${nsgId('nsg-vm-app-01')}/securityRules/allow-monitoring`;
  const edit = () => put(people.ben, `${id}?api-version=2024-05-01`, file('edited-rule.json'));
  expect(await edit()).toBe(403);
  azure.pim.plainAssignment({
    person: people.ben.upn,
    role: 'Contributor',
    scope: `/subscriptions/${subscriptionId}`,
  });
  await time.pass(3_000);
  expect(await edit()).toBe(200);
  await time.pass(10_000);
  const rule = azure.resourceManager.estate
    .effectiveRules(nsgId('nsg-vm-app-01'))
    .find(({ name }) => name === 'allow-monitoring');
  expect(rule?.properties['sourceAddressPrefixes']).toEqual(['10.20.0.0/24', '10.21.0.0/24']);
  azure.close();
});
