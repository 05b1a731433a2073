import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import {
  ada,
  ADA,
  ADMIN_LOGIN,
  bob,
  BOB,
  estate,
  instancesOf,
  MG_SCOPE,
  OPENER,
  OPENER_ROLE,
  RG_SCOPE,
  SUB_SCOPE,
  USER_LOGIN,
  VM_SCOPE,
  type Row,
} from './estate';

const FIXTURES = join(__dirname, '../../../fixtures/events');
const AUTHORIZATION = '/providers/Microsoft.Authorization';
const WISH = {
  person: ADA,
  role: ADMIN_LOGIN,
  scope: RG_SCOPE,
  duration: 'PT1H',
  justification: 'work',
};

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
}

/** Every name in a body, with dots; arrays by their first element. */
function names(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return names(value[0], `${at}[]`);
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, inner]) => names(inner, `${at}.${name}`));
}

/** The body of a swagger example's answer. */
function published(name: string, status = '200'): unknown {
  const { responses } = fixture(`pim/${name}.json`) as {
    responses: Record<string, { body: unknown }>;
  };
  return responses[status]?.body;
}

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

describe('a list of instances', () => {
  it('shows a new one late and an ended one for a while, as far as the knobs say', async () => {
    const { pim, list } = estate({ listingLagMs: 10_000, staleListMs: 25_000, minimumActiveMs: 0 });
    const rows = () => list(instancesOf(RG_SCOPE, `assignedTo('${ADA}')`));
    const seen: number[] = [];
    pim.activate(WISH);
    await time.pass(1800 + 9_900);
    seen.push((await rows()).length);
    await time.pass(200);
    seen.push((await rows()).length);
    pim.deactivate(WISH);
    await time.pass(1000 + 24_900);
    seen.push((await rows()).length);
    await time.pass(200);
    seen.push((await rows()).length);
    expect(seen).toEqual([0, 1, 1, 0]);
    expect(pim.truth()[0]?.endedEarlyAt).toBe('2026-01-01T10:00:12.900Z');
  });

  it('by assignedTo shows rows at, below and (by the knob) above the scope', async () => {
    const { pim, list } = estate();
    pim.makeEligible({ principalId: ADA, roleDefinitionGuid: USER_LOGIN, scope: MG_SCOPE });
    pim.activate({ ...WISH, role: USER_LOGIN, scope: MG_SCOPE });
    pim.activate({ ...WISH, role: USER_LOGIN, scope: SUB_SCOPE });
    pim.activate(WISH);
    pim.activate({ ...WISH, scope: VM_SCOPE });
    await time.pass(3000);
    const scopes = async (scope: string, filter?: string) =>
      (await list(instancesOf(scope, filter)))
        .filter((row) => row.properties['principalId'] === ADA)
        .map((row) => row.properties['scope']);
    const all = [MG_SCOPE, SUB_SCOPE, RG_SCOPE, VM_SCOPE];
    expect(await scopes(RG_SCOPE, `assignedTo('${ADA}')`)).toEqual(all);
    expect(await scopes(RG_SCOPE, `principalId eq '${ADA}'`)).toEqual(all);
    expect(await scopes(RG_SCOPE, 'atScope()')).toEqual([MG_SCOPE, SUB_SCOPE, RG_SCOPE]);
    expect(await scopes(RG_SCOPE)).toEqual([RG_SCOPE, VM_SCOPE]);
    expect(await scopes(RG_SCOPE.toUpperCase(), `assignedTo('${BOB}')`)).toEqual([]);
    pim.knobs.assignedToListsAbove = false;
    expect(await scopes(RG_SCOPE, `assignedTo('${ADA}')`)).toEqual([RG_SCOPE, VM_SCOPE]);
    expect(await scopes(RG_SCOPE, `assignedTo('${ADA}') and atScope()`)).toEqual([
      MG_SCOPE,
      SUB_SCOPE,
      RG_SCOPE,
    ]);
  });

  it('calls rows from above inherited', async () => {
    const { pim, list } = estate();
    pim.activate(WISH);
    await time.pass(3000);
    const memberTypes = async (scope: string) =>
      (await list(instancesOf(scope, `assignedTo('${ADA}')`))).map(
        (row) => row.properties['memberType'],
      );
    expect(await memberTypes(VM_SCOPE)).toEqual(['Inherited']);
    expect(await memberTypes(RG_SCOPE)).toEqual(['Direct']);
    expect(await memberTypes(SUB_SCOPE)).toEqual(['Direct']);
  });

  it('by asTarget shows the caller only, and refuses a filter it does not know', async () => {
    const { pim, list, arm } = estate();
    pim.activate(WISH);
    await time.pass(3000);
    expect(await list(instancesOf(RG_SCOPE, 'asTarget()'), ada)).toHaveLength(1);
    expect(await list(instancesOf(RG_SCOPE, 'asTarget()'), bob)).toHaveLength(0);
    const refused = await arm('GET', instancesOf(RG_SCOPE, 'isNice()'));
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BadRequestFormat' } } });
  });

  it('comes in pages that together are the whole', async () => {
    const { pim, list, arm } = estate({ pageSize: 2 });
    for (let number = 1; number <= 4; number++) {
      pim.activate({ ...WISH, scope: `${VM_SCOPE}-${number}` });
    }
    await time.pass(3000);
    const first = await arm('GET', instancesOf(SUB_SCOPE));
    expect(first.body['value']).toHaveLength(2);
    expect(first.body['nextLink']).toContain('api-version=2020-10-01');
    const rows = await list(instancesOf(SUB_SCOPE));
    expect(new Set(rows.map((row) => row.id)).size).toBe(5);
    const bad = await arm('GET', `${instancesOf(SUB_SCOPE)}&$skiptoken=!!`);
    expect(bad.status).toBe(400);
  });

  it('has a row for each plain assignment too, without an end', async () => {
    const { list } = estate();
    const [row] = await list(instancesOf(SUB_SCOPE, `assignedTo('${OPENER}')`));
    expect(row?.properties).toMatchObject({ assignmentType: 'Assigned', endDateTime: null });
  });
});

describe('bodies have the names of the published ones', () => {
  async function rowsOf(type: string): Promise<Row[]> {
    const { pim, list } = estate();
    pim.activate({ ...WISH, ticket: { number: 'INC1', system: 'ServiceNow' } });
    await time.pass(3000);
    return list(`${RG_SCOPE}${AUTHORIZATION}/${type}?$filter=principalId eq ${ADA}`);
  }

  it.each([
    ['roleAssignmentScheduleInstances', 'GetRoleAssignmentScheduleInstancesByScope.2020-10-01'],
    ['roleAssignmentSchedules', 'GetRoleAssignmentSchedulesByScope.2020-10-01'],
    ['roleEligibilityScheduleInstances', 'GetRoleEligibilityScheduleInstancesByScope.2020-10-01'],
  ])('%s', async (type, example) => {
    const value = await rowsOf(type);
    expect(value).toHaveLength(1);
    expect(names({ value }).sort()).toEqual(names(published(example)).sort());
  });

  it('roleAssignmentScheduleRequests, with the eligibility that the examples leave out', async () => {
    const value = await rowsOf('roleAssignmentScheduleRequests');
    const example = names(published('GetRoleAssignmentScheduleRequestByScope.2020-10-01'));
    const eligibility = '.value[].properties.linkedRoleEligibilityScheduleId';
    expect(names({ value }).sort()).toEqual([...example, eligibility].sort());
  });

  it('roleAssignments', async () => {
    const [row] = await rowsOf('roleAssignments');
    expect(names(row).sort()).toEqual(
      names(fixture('inferred/arm.roleAssignment.get.json')).sort(),
    );
    const shown = names(row);
    expect(shown).toEqual(
      expect.arrayContaining(names(published('RoleAssignments_GetById.2022-04-01'))),
    );
    expect(JSON.stringify(row)).not.toContain('endDateTime');
  });

  it('an activated row as it was observed in a tenant', async () => {
    const observed = fixture(
      'pim/observed.roleAssignmentScheduleInstance.Activated.memberType-Group.json',
    );
    const value = await rowsOf('roleAssignmentScheduleInstances');
    expect(names({ value })).toEqual(expect.arrayContaining(names(observed)));
    const [row] = value;
    const linked = String(row?.properties['linkedRoleEligibilityScheduleId']);
    expect(linked).toMatch(/\/roleEligibilitySchedules\/[0-9a-f-]{36}$/);
    expect(row?.type).toBe('Microsoft.Authorization/roleAssignmentScheduleInstances');
  });
});

describe('reading one by name', () => {
  it('finds it in any casing, and only at its own scope', async () => {
    const { pim, arm } = estate();
    const { roleAssignmentId, requestName, requestId } = pim.activate(WISH);
    await time.pass(3000);
    const found = await arm('GET', roleAssignmentId.toUpperCase());
    expect(found.body).toMatchObject({ id: roleAssignmentId });
    const guid = roleAssignmentId.split('/').at(-1) ?? '';
    for (const type of ['roleAssignments', 'roleAssignmentScheduleInstances']) {
      expect((await arm('GET', `${RG_SCOPE}${AUTHORIZATION}/${type}/${guid}`)).status).toBe(200);
      expect((await arm('GET', `${SUB_SCOPE}${AUTHORIZATION}/${type}/${guid}`)).status).toBe(404);
    }
    const request = await arm('GET', requestId);
    expect(request.body).toMatchObject({
      name: requestName,
      properties: { requestorId: ADA, principalId: ADA, createdOn: '2026-01-01T10:00:00Z' },
    });
  });

  it('joins instance, schedule and request', async () => {
    const { pim, arm, list } = estate();
    const { requestId } = pim.activate(WISH);
    await time.pass(3000);
    const [row] = await list(instancesOf(RG_SCOPE, `assignedTo('${ADA}')`));
    const schedule = await arm('GET', String(row?.properties['roleAssignmentScheduleId']));
    const properties = schedule.body['properties'] as Record<string, unknown>;
    expect(String(properties['roleAssignmentScheduleRequestId']).toLowerCase()).toBe(
      requestId.toLowerCase(),
    );
  });

  it('answers 404 once the assignment is gone', async () => {
    const { pim, arm } = estate();
    const { roleAssignmentId } = pim.activate(WISH);
    await time.pass(3_600_000 + 1000);
    const gone = await arm('GET', roleAssignmentId);
    expect(gone).toMatchObject({
      status: 404,
      body: { error: { code: 'RoleAssignmentNotFound' } },
    });
  });

  it('knows role definitions, Azure own and the estate own', async () => {
    const { arm, list } = estate();
    const custom = `${SUB_SCOPE}${AUTHORIZATION}/roleDefinitions/${OPENER_ROLE}`;
    expect((await arm('GET', custom)).body).toMatchObject({
      properties: { roleName: 'Postern opener', type: 'CustomRole', assignableScopes: [SUB_SCOPE] },
    });
    const [byName] = await list(
      `${SUB_SCOPE}${AUTHORIZATION}/roleDefinitions?$filter=roleName eq 'Reader'`,
    );
    expect(byName?.name).toBe('acdd72a7-3385-48ef-bd42-f606fba81ae7');
    expect((await arm('GET', custom.replace(/.$/, '9'))).status).toBe(404);
  });
});

describe('a person through Resource Manager', () => {
  const path = `${RG_SCOPE}${AUTHORIZATION}/roleAssignmentScheduleRequests`;
  const name = 'fea7a502-9a96-4806-a26f-eee560e52045';
  const body = (requestType: string, principalId = ADA) => ({
    properties: {
      principalId,
      roleDefinitionId: `${SUB_SCOPE}${AUTHORIZATION}/roleDefinitions/${ADMIN_LOGIN}`,
      requestType,
      justification: 'work',
      scheduleInfo: {
        startDateTime: '2026-01-01T10:00:00Z',
        expiration: { type: 'AfterDuration', endDateTime: null, duration: 'PT1H' },
      },
    },
  });

  it('activates and deactivates as the published example does', async () => {
    const { arm, pim } = estate();
    const put = await arm('PUT', `${path}/${name}`, { as: ada, body: body('SelfActivate') });
    expect(put.status).toBe(201);
    const example = published('PutRoleAssignmentScheduleRequest.2020-10-01', '201');
    expect(names(put.body)).toEqual(expect.arrayContaining(names(example)));
    expect(put.body).toMatchObject({
      name,
      properties: { status: 'Provisioned', scheduleInfo: { expiration: { duration: 'PT1H' } } },
    });
    await time.pass(3000);
    expect(pim.roleSource(ADA)).toHaveLength(1);
    const again = await arm('PUT', `${path}/${name}`, { as: ada, body: body('SelfActivate') });
    expect(again.status).toBe(400);
    await time.pass(5 * 60_000);
    const other = name.replace('fea7', 'fea8');
    const off = await arm('PUT', `${path}/${other}`, { as: ada, body: body('SelfDeactivate') });
    expect(off.body).toMatchObject({ properties: { status: 'Revoked' } });
    await time.pass(2000);
    expect(pim.roleSource(ADA)).toEqual([]);
  });

  it('cannot act for others, nor as an administrator, nor with nonsense', async () => {
    const { arm } = estate();
    const put = (as: typeof ada, sent: unknown, at = name) =>
      arm('PUT', `${path}/${at}`, { as, body: sent });
    expect((await put(bob, body('SelfActivate'))).status).toBe(403);
    expect((await put(ada, body('AdminAssign'))).status).toBe(403);
    expect((await put(bob, body('SelfActivate', BOB))).body).toMatchObject({
      error: { code: 'RoleAssignmentDoesNotExist' },
    });
    for (const sent of [undefined, {}, [], { properties: { principalId: 7 } }]) {
      expect((await put(ada, sent)).body).toMatchObject({
        error: { code: 'InvalidRequestContent' },
      });
    }
    expect((await put(ada, body('SelfActivate'), 'mine')).status).toBe(400);
  });

  it('cancels a pending request of its own only', async () => {
    const { arm, pim } = estate();
    const { requestId } = pim.activate({ ...WISH, approvalRequired: true });
    expect((await arm('POST', `${requestId}/cancel`, { as: bob })).status).toBe(400);
    expect(await arm('POST', `${requestId}/cancel`, { as: ada })).toEqual({
      status: 200,
      body: {},
    });
    expect((await arm('GET', requestId)).body).toMatchObject({
      properties: { status: 'Canceled' },
    });
    expect((await arm('POST', `${path}/${name}/cancel`, { as: ada })).status).toBe(404);
  });
});

it('leaves paths of others to others', async () => {
  const { arm } = estate();
  await expect(arm('GET', VM_SCOPE)).rejects.toThrow('Nobody answers');
  await expect(
    arm('DELETE', `${RG_SCOPE}${AUTHORIZATION}/roleDefinitions/${ADMIN_LOGIN}`),
  ).rejects.toThrow('Nobody answers');
  await expect(arm('GET', `${RG_SCOPE}${AUTHORIZATION}/locks`)).rejects.toThrow('Nobody answers');
});
