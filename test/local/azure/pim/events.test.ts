import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { inSchema } from '../../../../local/azure/eventGrid/schemas';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { ADA, BOB, ADMIN_LOGIN, estate, RG_SCOPE } from './estate';

const FIXTURES = join(__dirname, '../../../fixtures/events/inferred');

function sample(name: string): unknown {
  const parsed: unknown = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'));
  return Array.isArray(parsed) ? parsed[0] : parsed;
}

/** Names all the way down, with the kind of each leaf: what a parser depends on. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, shape(inner)]));
}

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

async function story() {
  const world = estate();
  const activation = world.pim.activate({
    person: 'ada@contoso.com',
    role: ADMIN_LOGIN,
    scope: RG_SCOPE,
    duration: 'PT4H',
    justification: 'Patch vm-app-01',
  });
  await time.pass(5 * 3_600_000);
  const [request, write, end] = world.events;
  if (!request || !write || !end) throw new Error('An activation raises three events.');
  return { activation, request, write, end };
}

it('raises the three events of an activation in the shape of the samples', async () => {
  const { request, write, end } = await story();
  const pairs = [
    [request, 'activate.1-roleAssignmentScheduleRequests-write.by-user.eventgrid-schema.json'],
    [write, 'activate.2-roleAssignments-write.by-MS-PIM.eventgrid-schema.json'],
    [end, 'end.roleAssignments-delete.by-MS-PIM.eventgrid-schema.json'],
  ] as const;
  for (const [event, name] of pairs) {
    expect(shape(inSchema(event, 'EventGridSchema'))).toEqual(shape(sample(name)));
  }
  const cloud = sample('activate.2-roleAssignments-write.by-MS-PIM.cloudevents-1.0.json');
  expect(shape(inSchema(write, 'CloudEventSchemaV1_0'))).toEqual(shape(cloud));
});

it('names the request in the first, the assignment in the others, with who acted', async () => {
  const { activation, request, write, end } = await story();
  expect(request.subject).toBe(activation.requestId);
  expect(request.data).toMatchObject({
    operationName: 'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
    resourceUri: activation.requestId,
    claims: {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': ADA,
      ipaddr: '203.0.113.10',
    },
  });
  for (const event of [write, end]) {
    expect(event.subject).toBe(activation.roleAssignmentId);
    expect(event.data).toMatchObject({
      resourceUri: activation.roleAssignmentId,
      claims: { appid: '01fc33a7-78ba-4d2f-a4b7-768e336e890e', idtyp: 'app' },
      authorization: { evidence: { roleDefinitionId: '18d7d88dd35e4fb5a5c37773c20a72d9' } },
    });
    expect(JSON.stringify(event)).not.toContain(ADA);
    expect(JSON.stringify(event)).not.toContain('ipaddr');
  }
  expect(write.data).not.toHaveProperty('httpRequest');
  expect(end.data['httpRequest']).toMatchObject({ method: 'DELETE' });
  expect(new Set([request.id, write.id, end.id]).size).toBe(3);
  expect(write.time).toMatch(/^2026-01-01T10:00:02\.400\d{4}Z$/);
});

it('carries the address only where the token has one, and the one that was given', async () => {
  const { pim, events } = estate();
  pim.makeEligible({ principalId: BOB, roleDefinitionGuid: ADMIN_LOGIN, scope: RG_SCOPE });
  const wish = { role: ADMIN_LOGIN, scope: RG_SCOPE, duration: 'PT1H', justification: 'work' };
  pim.activate({ ...wish, person: BOB });
  pim.activate({ ...wish, person: ADA, ipAddress: '203.0.113.77' });
  await time.pass(100);
  expect(events.map((event) => event.data['claims'])).toEqual([
    expect.not.objectContaining({ ipaddr: expect.anything() }),
    expect.objectContaining({ ipaddr: '203.0.113.77' }),
  ]);
});

it('raises no event for a request that did not come through Resource Manager', async () => {
  const { pim, told } = estate();
  pim.activate({
    person: ADA,
    role: ADMIN_LOGIN,
    scope: RG_SCOPE,
    duration: 'PT1H',
    withoutRequestEvent: true,
  });
  await time.pass(5000);
  expect(told()).toEqual(['Microsoft.Authorization/roleAssignments/write']);
});

it('tells of a plain assignment as of any write by an administrator', async () => {
  const { pim, events } = estate();
  pim.plainAssignment({ person: BOB, role: ADMIN_LOGIN, scope: RG_SCOPE });
  await time.pass(1000);
  const [event] = events;
  expect(event?.data).toMatchObject({
    claims: {
      appid: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'admin@contoso.com',
    },
    authorization: { evidence: { role: 'Owner', principalType: 'User' } },
  });
  const noise = sample('noise.roleAssignments-write.by-admin.eventgrid-schema.json');
  const data = (value: unknown) => Object.keys((value as { data: object }).data).sort();
  expect(data(event)).toEqual(data(noise));
});

it('tells of a cancellation as an action on the request', async () => {
  const { pim, events } = estate();
  const { requestName, requestId } = pim.activate({
    person: ADA,
    role: ADMIN_LOGIN,
    scope: RG_SCOPE,
    duration: 'PT1H',
    approvalRequired: true,
  });
  pim.cancel(requestName);
  await time.pass(1000);
  expect(events[1]).toMatchObject({
    type: 'Microsoft.Resources.ResourceActionSuccess',
    subject: requestId,
    data: {
      operationName: 'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
      httpRequest: { method: 'POST' },
    },
  });
});
