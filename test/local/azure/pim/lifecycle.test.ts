import { PimError } from '../../../../local/azure/pim/errors';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import {
  ADA,
  ADMIN_LOGIN,
  BOB,
  estate,
  instancesOf,
  MG_SCOPE,
  OPERATORS,
  RG_SCOPE,
  SUB_SCOPE,
  USER_LOGIN,
  VM_SCOPE,
} from './estate';

const HOUR_MS = 3_600_000;
const REQUEST_WRITE = 'Microsoft.Authorization/roleAssignmentScheduleRequests/write';
const WRITE = 'Microsoft.Authorization/roleAssignments/write';
const DELETE = 'Microsoft.Authorization/roleAssignments/delete';

const wish = {
  person: 'ada@contoso.com',
  role: 'Virtual Machine Administrator Login',
  scope: RG_SCOPE,
  duration: 'PT4H',
  justification: 'Patch vm-app-01',
};

let time: VirtualTime;

beforeEach(() => {
  time = installVirtualTime();
});

afterEach(() => {
  time.uninstall();
});

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof PimError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('an activation', () => {
  it('is written a moment after the request and removed a moment after its end', async () => {
    const { pim, told, list } = estate();
    const activation = pim.activate(wish);
    expect(activation).toMatchObject({ status: 'Provisioned', active: false });
    expect(await list(instancesOf(RG_SCOPE, `assignedTo('${ADA}')`))).toEqual([]);

    await time.pass(1000);
    expect(told()).toEqual([REQUEST_WRITE]);
    expect(pim.roleSource(ADA)).toEqual([]);

    await time.pass(2000);
    expect(told()).toEqual([REQUEST_WRITE, WRITE]);
    expect(pim.roleSource(ADA)).toEqual([
      { principalId: ADA, roleDefinitionGuid: ADMIN_LOGIN, scope: RG_SCOPE.toLowerCase() },
    ]);
    const [row] = await list(instancesOf(RG_SCOPE, `assignedTo('${ADA}')`));
    expect(row?.properties).toMatchObject({
      assignmentType: 'Activated',
      originRoleAssignmentId: activation.roleAssignmentId,
      startDateTime: '2026-01-01T10:00:01.8Z',
      endDateTime: '2026-01-01T14:00:00Z',
    });

    await time.pass(4 * HOUR_MS - 3000 + 800);
    expect(pim.roleSource(ADA)).toHaveLength(1);
    await time.pass(100);
    expect(pim.roleSource(ADA)).toEqual([]);
    await time.pass(600);
    expect(told()).toEqual([REQUEST_WRITE, WRITE, DELETE]);
    expect(pim.truth()).toEqual([
      {
        roleAssignmentId: activation.roleAssignmentId,
        requestName: activation.requestName,
        principalId: ADA,
        roleDefinitionGuid: ADMIN_LOGIN,
        scope: RG_SCOPE,
        startAt: '2026-01-01T10:00:01.800Z',
        endAt: '2026-01-01T14:00:00.000Z',
      },
    ]);
  });

  it('cannot be ended by the person in its first five minutes, and then can', async () => {
    const { pim, told } = estate();
    pim.activate(wish);
    await time.pass(1800 + 5 * 60_000 - 1);
    expect(codeOf(() => pim.deactivate(wish))).toBe('ActiveDurationTooShort');
    await time.pass(1);
    expect(pim.deactivate(wish).status).toBe('Revoked');
    await time.pass(1700);
    expect(told()).toEqual([REQUEST_WRITE, WRITE, REQUEST_WRITE, DELETE]);
    expect(pim.truth()[0]?.endedEarlyAt).toBe('2026-01-01T10:05:02.800Z');
    await time.pass(5 * HOUR_MS);
    expect(told()).toHaveLength(4);
  });

  it('may be short and ended at once where the minimum is lifted', async () => {
    const { pim } = estate({ minimumActiveMs: 0 });
    pim.activate({ ...wish, duration: 'PT80S' });
    await time.pass(2000);
    pim.deactivate(wish);
    await time.pass(1000);
    expect(pim.roleSource(ADA)).toEqual([]);
  });

  it('is removed by an administrator at any time, told as one', async () => {
    const { pim, events, told } = estate();
    pim.activate(wish);
    await time.pass(3000);
    pim.adminRemove(wish);
    await time.pass(3000);
    expect(told()).toEqual([REQUEST_WRITE, WRITE, REQUEST_WRITE, DELETE]);
    expect(events[2]?.data['claims']).toMatchObject({ name: 'Admin Example' });
    expect(pim.truth()[0]?.endedEarlyAt).toBeDefined();
  });

  it('waits for approval, and counts its time from the approval', async () => {
    const { pim, told } = estate();
    const { requestName } = pim.activate({ ...wish, approvalRequired: true });
    await time.pass(HOUR_MS);
    expect(told()).toEqual([REQUEST_WRITE]);
    expect(pim.approve(requestName).endAt).toBe('2026-01-01T15:00:00.000Z');
    await time.pass(3000);
    expect(told()).toEqual([REQUEST_WRITE, WRITE]);
    expect(codeOf(() => pim.deny(requestName))).toBe('ApprovalNotPending');
  });

  it('gives nothing when denied, timed out or cancelled, and only a cancel is told', async () => {
    const { pim, told } = estate();
    const denied = pim.activate({ ...wish, approvalRequired: true });
    expect(codeOf(() => pim.activate(wish))).toBe('PendingRoleAssignmentRequest');
    expect(pim.deny(denied.requestName).status).toBe('Denied');
    const ignored = pim.activate({ ...wish, approvalRequired: true });
    await time.pass(25 * HOUR_MS);
    expect(pim.activations().find((one) => one.requestName === ignored.requestName)?.status).toBe(
      'TimedOut',
    );
    const cancelled = pim.activate({ ...wish, approvalRequired: true });
    pim.cancel(cancelled.requestName);
    expect(codeOf(() => pim.cancel(cancelled.requestName))).toBe('RequestCannotBeCancelled');
    await time.pass(HOUR_MS);
    expect(told()).toEqual([
      REQUEST_WRITE,
      REQUEST_WRITE,
      REQUEST_WRITE,
      'Microsoft.Authorization/roleAssignmentScheduleRequests/cancel/action',
    ]);
    expect(pim.truth()).toEqual([]);
  });

  it('may start later: scheduled now, written at its start, ended from there', async () => {
    const { pim, told, list, arm } = estate();
    const activation = pim.activate({ ...wish, startAt: '2026-01-01T12:00:00Z' });
    expect(activation.status).toBe('ScheduleCreated');
    await time.pass(HOUR_MS);
    expect(told()).toEqual([REQUEST_WRITE]);
    expect(await list(instancesOf(RG_SCOPE))).toEqual([]);
    const schedules = `${RG_SCOPE}/providers/Microsoft.Authorization/roleAssignmentSchedules`;
    expect((await arm('GET', `${schedules}?$filter=principalId eq ${ADA}`)).body['value']).toEqual([
      expect.objectContaining({
        properties: expect.objectContaining({ startDateTime: '2026-01-01T12:00:00Z' }),
      }),
    ]);
    await time.pass(HOUR_MS + 3000);
    expect(told()).toEqual([REQUEST_WRITE, WRITE]);
    expect(pim.truth()[0]?.endAt).toBe('2026-01-01T16:00:00.000Z');
  });

  it('called off before its later start never becomes an assignment', async () => {
    const { pim, told } = estate();
    const { requestName } = pim.activate({ ...wish, startAt: '2026-01-01T12:00:00Z' });
    pim.cancel(requestName);
    await time.pass(10 * HOUR_MS);
    expect(told()).toHaveLength(2);
    expect(pim.truth()).toEqual([]);
    expect(codeOf(() => pim.activate(wish))).toBe('accepted');
  });

  it('takes the narrower scope that was asked', async () => {
    const { pim, events } = estate();
    const activation = pim.activate({ ...wish, scope: VM_SCOPE });
    await time.pass(3000);
    expect(activation.roleAssignmentId).toMatch(
      new RegExp(`^${VM_SCOPE}/providers/Microsoft.Authorization/roleAssignments/`),
    );
    expect(events[1]?.subject).toBe(activation.roleAssignmentId);
    expect(codeOf(() => pim.activate({ ...wish, scope: SUB_SCOPE }))).toBe(
      'RoleAssignmentDoesNotExist',
    );
  });

  it('reuses the assignment GUID of the one before only where the knob says so', async () => {
    for (const roleAssignmentGuidReuse of [true, false]) {
      const { pim } = estate({ roleAssignmentGuidReuse });
      const first = pim.activate({ ...wish, duration: 'PT10M' });
      await time.pass(11 * 60_000);
      const second = pim.activate(wish);
      await time.pass(3000);
      expect(second.roleAssignmentId === first.roleAssignmentId).toBe(roleAssignmentGuidReuse);
      expect(second.requestName).not.toBe(first.requestName);
      expect(pim.truth()).toHaveLength(2);
    }
  });

  it('through a group is the person own, and shows the group', async () => {
    const { pim, list } = estate();
    pim.makeEligible({ principalId: OPERATORS, roleDefinitionGuid: USER_LOGIN, scope: SUB_SCOPE });
    pim.activate({ ...wish, person: 'bob@contoso.com', role: USER_LOGIN });
    await time.pass(3000);
    const [row] = await list(instancesOf(RG_SCOPE, `assignedTo('${BOB}')`));
    expect(row?.properties).toMatchObject({
      principalId: BOB,
      principalType: 'User',
      memberType: 'Group',
    });
  });

  it('above subscriptions raises no event at all', async () => {
    const { pim, events } = estate();
    pim.makeEligible({ principalId: ADA, roleDefinitionGuid: ADMIN_LOGIN, scope: MG_SCOPE });
    pim.activate({ ...wish, scope: MG_SCOPE });
    await time.pass(5 * HOUR_MS);
    expect(events).toEqual([]);
    expect(pim.truth()).toHaveLength(1);
  });
});

describe('what PIM refuses', () => {
  it.each([
    ['25 hours', { ...wish, duration: 'PT25H' }],
    ['four minutes', { ...wish, duration: 'PT4M' }],
    ['no duration at all', { ...wish, duration: 'soon' }],
    ['no justification', { ...wish, justification: ' ' }],
  ])('%s', (_what, input) => {
    expect(codeOf(() => estate().pim.activate(input))).toBe(
      'RoleAssignmentRequestPolicyValidationFailed',
    );
  });

  it('names each policy rule that failed', () => {
    const { pim } = estate({ ticketRequired: true });
    expect(() => pim.activate({ ...wish, duration: 'PT25H', justification: '' })).toThrow(
      'The following policy rules failed: ["ExpirationRule","JustificationRule","TicketingRule"]',
    );
  });

  it('somebody else, a second activation, an unknown person, an unknown role', async () => {
    const { pim } = estate();
    expect(codeOf(() => pim.activate({ ...wish, person: BOB }))).toBe('RoleAssignmentDoesNotExist');
    expect(codeOf(() => pim.activate({ ...wish, person: 'eve' }))).toBe('SubjectNotFound');
    expect(codeOf(() => pim.activate({ ...wish, role: 'King' }))).toBe(
      'RoleDefinitionDoesNotExist',
    );
    pim.activate(wish);
    expect(codeOf(() => pim.activate(wish))).toBe('RoleAssignmentExists');
    expect(codeOf(() => pim.deactivate(wish))).toBe('RoleAssignmentDoesNotExist');
  });

  it('everything, without a licence', async () => {
    const { pim, arm } = estate();
    pim.knobs.licence = false;
    expect(codeOf(() => pim.activate(wish))).toBe('AadPremiumLicenseRequired');
    const answer = await arm('GET', instancesOf(RG_SCOPE));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: { code: 'AadPremiumLicenseRequired' } });
    const plain = `${SUB_SCOPE}/providers/Microsoft.Authorization/roleAssignments`;
    expect((await arm('GET', plain)).status).toBe(200);
  });
});

describe('an administrator', () => {
  it('makes a role active through PIM: assigned, not activated', async () => {
    const { pim, told, list } = estate();
    pim.assignActive({ person: BOB, role: ADMIN_LOGIN, scope: RG_SCOPE, duration: 'PT1H' });
    await time.pass(3000);
    expect(told()).toEqual([REQUEST_WRITE, WRITE]);
    const [row] = await list(instancesOf(RG_SCOPE, `principalId eq ${BOB}`));
    expect(row?.properties['assignmentType']).toBe('Assigned');
    expect(pim.truth()).toEqual([]);
    await time.pass(HOUR_MS);
    expect(told()).toEqual([REQUEST_WRITE, WRITE, DELETE]);
  });

  it('assigns without PIM, and takes it back', async () => {
    const { pim, told, list } = estate();
    const id = pim.plainAssignment({ person: BOB, role: ADMIN_LOGIN, scope: RG_SCOPE });
    await time.pass(1000);
    const [row] = await list(instancesOf(RG_SCOPE, `assignedTo('${BOB}')`));
    expect(row?.properties).toMatchObject({ assignmentType: 'Assigned', endDateTime: null });
    pim.removePlain(id.toUpperCase());
    await time.pass(1000);
    expect(told()).toEqual([WRITE, DELETE]);
    expect(codeOf(() => pim.removePlain(id))).toBe('RoleAssignmentNotFound');
  });

  it('deletes the assignment of an activation, which ends it early', async () => {
    const { pim, events } = estate();
    const { roleAssignmentId } = pim.activate(wish);
    await time.pass(3000);
    pim.removePlain(roleAssignmentId);
    await time.pass(10 * HOUR_MS);
    expect(events.filter((event) => event.type.endsWith('DeleteSuccess'))).toHaveLength(1);
    expect(pim.truth()[0]?.endedEarlyAt).toBe('2026-01-01T10:00:03.000Z');
  });
});

it('stops all by itself when closed', async () => {
  const { pim, events } = estate();
  pim.activate(wish);
  pim.close();
  await time.pass(10 * HOUR_MS);
  expect(events).toEqual([]);
});
