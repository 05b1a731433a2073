import roleAssignment from '../../fixtures/answers/roleAssignment.json';
import observed from '../../fixtures/answers/scheduleInstance.observed.json';
import scheduleInstances from '../../fixtures/answers/scheduleInstances.json';
import scheduleRequest from '../../fixtures/answers/scheduleRequest.json';
import { factsOf, nsgId, origin, stubArm, subscription } from './stubArm';

const principalId = 'a3bb8764-cb92-4276-9d2a-ca1e895e55ea';
const authorization = `${subscription}/providers/Microsoft.Authorization`;

describe('the plain role assignment', () => {
  it('is read by its id, the first slash sent once', async () => {
    const stub = stubArm(() => ({ status: 200, body: roleAssignment }));
    const id = `${nsgId}/providers/Microsoft.Authorization/roleAssignments/ra-1`;
    expect(await stub.world.directory.readRoleAssignment(id)).toEqual({
      id: roleAssignment.id,
      scope: roleAssignment.properties.scope,
      principalId: roleAssignment.properties.principalId,
      principalType: 'User',
      roleDefinitionGuid: '0b5fe924-9a61-425c-96af-cfe6e287ca2d',
    });
    expect(stub.sent.map(({ url }) => url.pathname)).toEqual([id]);
  });

  it('is null for a 404', async () => {
    const body = { error: { code: 'RoleAssignmentNotFound', message: 'x' } };
    const stub = stubArm(() => ({ status: 404, body }));
    const id = `${authorization}/roleAssignments/ra-1`;
    expect(await stub.world.directory.readRoleAssignment(id)).toBeNull();
  });

  it.each([
    '',
    'x',
    nsgId,
    subscription,
    `${authorization}/roleDefinitions/ra-1`,
    `${authorization}/roleAssignments/ra-1/../../x`,
    `${authorization}/roleAssignments/ra-1?x`,
  ])('is not asked for by the id %j', async (id) => {
    const stub = stubArm(() => ({ status: 200, body: roleAssignment }));
    expect(await factsOf(stub.world.directory.readRoleAssignment(id))).toMatchObject({
      kind: 'invalid',
      code: 'MalformedId',
    });
    expect(stub.sent).toEqual([]);
  });
});

describe('the list of activations', () => {
  it('asks for one person at one scope and reads what Azure documents', async () => {
    const date = 'Wed, 09 Sep 2020 21:40:00 GMT';
    const stub = stubArm(() => ({ status: 200, headers: { date }, body: scheduleInstances }));
    const list = await stub.world.directory.listInstances(nsgId, principalId);
    expect(list.answeredAt).toBe(Date.parse(date));
    expect(list.instances).toEqual([
      {
        assignmentType: 'Assigned',
        originRoleAssignmentId:
          scheduleInstances.value[0]?.properties.originRoleAssignmentId ?? 'none',
        scope: '/subscriptions/dfa2a084-766f-4003-8ae1-c4aeb893a99f',
        roleDefinitionGuid: 'c8d4ff99-41c3-41a8-9f60-21dfdad59608',
        principalId,
        principalType: 'User',
        memberType: 'Direct',
        startAt: Date.parse('2020-09-09T21:35:27.91Z'),
        endAt: Date.parse('2020-09-10T05:35:17.91Z'),
        scheduleName: 'c9e264ff-3133-4776-a81a-ebc7c33c8ec6',
        principalName: 'User Account',
        principalMail: 'user@my-tenant.com',
      },
    ]);
    expect(stub.sent).toHaveLength(1);
    expect(stub.sent[0]?.url.pathname).toBe(
      `${nsgId}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances`,
    );
    expect(stub.sent[0]?.url.searchParams.get('$filter')).toBe(`assignedTo('${principalId}')`);
  });

  it('reads a row as a real tenant gave it, reached through a group', async () => {
    const stub = stubArm(() => ({ status: 200, body: observed }));
    const { instances } = await stub.world.directory.listInstances(subscription, principalId);
    expect(instances[0]).toMatchObject({
      assignmentType: 'Activated',
      memberType: 'Group',
      principalType: 'User',
      principalName: 'USERNAME',
    });
  });

  it('follows every page, and is as old as its first', async () => {
    const dates = ['Wed, 09 Sep 2020 21:40:00 GMT', 'Wed, 09 Sep 2020 21:40:09 GMT'];
    const stub = stubArm(({ url }) => {
      const page = Number(url.searchParams.get('page') ?? 0);
      const nextLink = page === 0 ? `${origin}${url.pathname}?page=1` : undefined;
      return {
        status: 200,
        headers: { date: dates[page] ?? '' },
        body: { ...scheduleInstances, nextLink },
      };
    });
    const list = await stub.world.directory.listInstances(subscription, principalId);
    expect(list.instances).toHaveLength(2);
    expect(list.answeredAt).toBe(Date.parse(dates[0] ?? ''));
  });

  it('lists a whole scope until it is cut, and never follows a page that leads back', async () => {
    const stub = stubArm(({ url }) => {
      const page = Number(url.searchParams.get('page') ?? 0);
      const nextLink = `${origin}${url.pathname}?page=${(page + 1) % 3}`;
      return { status: 200, body: { ...scheduleInstances, nextLink } };
    });
    const { directory } = stub.world;
    const whole = await directory.listActive({ scope: subscription, of: 'below' }, 20);
    expect(whole).toMatchObject({ cut: true, pages: 4 });
    expect(stub.sent[0]?.url.searchParams.has('$filter')).toBe(false);
    const two = await directory.listActive({ scope: subscription, of: 'above' }, 2);
    expect(two).toMatchObject({ cut: true, pages: 2 });
    expect(stub.sent[4]?.url.searchParams.get('$filter')).toBe('atScope()');
    await directory.listActive({ scope: subscription, of: { principalId } }, 1);
    expect(stub.sent.at(-1)?.url.searchParams.get('$filter')).toBe(`principalId eq ${principalId}`);
  });

  it('takes null, absence and nonsense for no date at all', async () => {
    const [row] = scheduleInstances.value;
    const changed = (dates: object) => ({ properties: { ...row?.properties, ...dates } });
    const stub = stubArm(() => ({
      status: 200,
      body: {
        value: [
          changed({ startDateTime: null, endDateTime: null }),
          changed({ startDateTime: undefined, endDateTime: undefined }),
          changed({ startDateTime: 'soon', endDateTime: 4 }),
        ],
      },
    }));
    const { instances } = await stub.world.directory.listInstances(subscription, principalId);
    expect(instances.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  it('makes one harmless line of what people call themselves', async () => {
    const [row] = scheduleInstances.value;
    const principal = { displayName: 'A\u001b[31m\nB\u202e', email: 'x'.repeat(999) };
    const properties = { ...row?.properties, expandedProperties: { principal } };
    const stub = stubArm(() => ({ status: 200, body: { value: [{ properties }] } }));
    const { instances } = await stub.world.directory.listInstances(subscription, principalId);
    expect(instances[0]?.principalName).toMatch(/^[ -~]+$/);
    expect(instances[0]?.principalMail).toHaveLength(200);
  });

  it.each(['', 'x', `${principalId}') or atScope(`, `${principalId}'`])(
    'is not asked for for the person %j',
    async (person) => {
      const stub = stubArm(() => ({ status: 200, body: scheduleInstances }));
      const call = stub.world.directory.listInstances(subscription, person);
      expect(await factsOf(call)).toMatchObject({ kind: 'invalid' });
      expect(stub.sent).toEqual([]);
    },
  );

  it('says what a tenant without a licence answers', async () => {
    const body = { error: { code: 'AadPremiumLicenseRequired', message: 'x' } };
    const stub = stubArm(() => ({ status: 400, body }));
    const call = stub.world.directory.listInstances(subscription, principalId);
    expect(await factsOf(call)).toMatchObject({ kind: 'licence', status: 400 });
  });
});

describe('an activation request', () => {
  const name = '64caffb6-55c0-4deb-a585-68e948ea1ad6';

  it('is read by its name', async () => {
    const stub = stubArm(() => ({ status: 200, body: scheduleRequest }));
    expect(await stub.world.directory.readScheduleRequest(subscription, name)).toEqual({
      name: scheduleRequest.name,
      principalId,
      requestorId: principalId,
      requestType: 'SelfActivate',
      status: 'Provisioned',
      createdAt: Date.parse('2020-09-09T21:35:27.91Z'),
      justification: '',
      ticket: '',
      targetScheduleName: 'b1477448-2cc6-4ceb-93b4-54a202a89413',
    });
    expect(stub.sent[0]?.url.pathname).toBe(
      `${authorization}/roleAssignmentScheduleRequests/${name}`,
    );
  });

  it('is null for a 404, and not asked for by a name that is no GUID', async () => {
    const stub = stubArm(() => ({ status: 404, body: { error: { code: 'NotFound' } } }));
    const { directory } = stub.world;
    expect(await directory.readScheduleRequest(subscription, name)).toBeNull();
    expect(await factsOf(directory.readScheduleRequest(subscription, '../x'))).toMatchObject({
      kind: 'invalid',
    });
    expect(stub.sent).toHaveLength(1);
  });
});
