import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';

import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { ADA, ADMIN_LOGIN, estate, opener, RG_SCOPE, SUBSCRIPTION, SUB_SCOPE } from './estate';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

/** The real client, with its requests answered in process. */
function world(pageSize = 200) {
  const { pim } = estate({ pageSize });
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const url = new URL(request.url);
      const query = new URLSearchParams();
      for (const [name, value] of url.searchParams) query.append(name.toLowerCase(), value);
      const answer = await pim.provider({
        request: { method: request.method, url: request.url, headers: {} },
        caller: opener,
        path: url.pathname,
        query,
        json: undefined,
      });
      if (!answer) throw new Error(`Nobody answers ${request.url}.`);
      const headers = createHttpHeaders(answer.headers);
      return { request, status: answer.status, headers, bodyAsText: answer.body ?? '' };
    },
  };
  const credential = {
    getToken: async () => ({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new AuthorizationManagementClient(credential, SUBSCRIPTION, { httpClient });
  const activate = (scope = RG_SCOPE) =>
    pim.activate({ person: ADA, role: ADMIN_LOGIN, scope, duration: 'PT1H' });
  return { pim, client, activate };
}

it('the Azure SDK reads an activation, its role and its request', async () => {
  const { client, activate } = world();
  const { roleAssignmentId, requestName } = activate();
  await time.pass(3000);
  const rows = [];
  const filter = `assignedTo('${ADA}')`;
  const scope = RG_SCOPE.slice(1);
  for await (const row of client.roleAssignmentScheduleInstances.listForScope(scope, { filter })) {
    rows.push(row);
  }
  expect(rows).toMatchObject([
    {
      assignmentType: 'Activated',
      originRoleAssignmentId: roleAssignmentId,
      endDateTime: new Date('2026-01-01T11:00:00.000Z'),
      expandedProperties: { principal: { email: 'ada@contoso.com' } },
    },
  ]);
  const assignment = await client.roleAssignments.getById(roleAssignmentId.slice(1));
  expect(assignment).toMatchObject({ principalId: ADA, principalType: 'User', scope: RG_SCOPE });
  const role = await client.roleDefinitions.getById((assignment.roleDefinitionId ?? '').slice(1));
  expect(role.roleName).toBe('Virtual Machine Administrator Login');
  const request = await client.roleAssignmentScheduleRequests.get(scope, requestName);
  expect(request).toMatchObject({
    requestType: 'SelfActivate',
    createdOn: new Date('2026-01-01T10:00:00.000Z'),
  });
});

it('the Azure SDK follows the pages', async () => {
  const { client, activate } = world(2);
  for (let number = 1; number <= 5; number++) activate(`${RG_SCOPE}/providers/X.Y/z/${number}`);
  await time.pass(3000);
  const ids = new Set<string>();
  const pages = client.roleAssignmentScheduleInstances.listForScope(SUB_SCOPE.slice(1));
  for await (const row of pages) ids.add(row.id ?? '');
  expect(ids.size).toBe(6);
});

it('the Azure SDK sees the code of what is refused', async () => {
  const { client, pim } = world();
  pim.knobs.licence = false;
  const read = client.roleAssignmentScheduleInstances.get(RG_SCOPE.slice(1), ADMIN_LOGIN);
  await expect(read).rejects.toMatchObject({ statusCode: 400, code: 'AadPremiumLicenseRequired' });
});
