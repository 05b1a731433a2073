import { pimControl } from '../../../../local/azure/pim/control';
import type { PimKnobs } from '../../../../local/azure/pim/types';
import { installVirtualTime, type VirtualTime } from '../../../virtualTime';
import { ADMIN_LOGIN, estate, RG_SCOPE, USER_LOGIN } from './estate';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => {
  time.uninstall();
});

function control(knobs: Partial<PimKnobs> = {}) {
  const { pim } = estate(knobs);
  const handle = pimControl(pim);
  return {
    pim,
    curl: async (line: string, data?: unknown) => {
      const [method = '', path = ''] = line.split(' ');
      const body = typeof data === 'string' ? data : JSON.stringify(data);
      const answer = await handle({
        method,
        url: `http://localhost:7001${path}`,
        headers: {},
        ...(data === undefined ? {} : { body }),
      });
      if (!answer) return { status: 0, body: {} as Record<string, unknown> };
      const parsed = JSON.parse(answer.body ?? '{}') as Record<string, unknown>;
      return { status: answer.status, body: parsed };
    },
  };
}

it('activates the only eligibility with nothing but a name and a time', async () => {
  const { curl, pim } = control({ minimumActiveMs: 0 });
  const made = await curl('POST /pim/activate', { person: 'ada@contoso.com', seconds: 80 });
  expect(made).toMatchObject({
    status: 200,
    body: { scope: RG_SCOPE, roleDefinitionGuid: ADMIN_LOGIN, endAt: '2026-01-01T10:01:20.000Z' },
  });
  await time.pass(3000);
  expect((await curl('GET /pim/activations')).body).toMatchObject({
    activations: [{ active: true }],
  });
  expect((await curl('POST /pim/deactivate', { person: 'ada@contoso.com' })).status).toBe(200);
  await time.pass(2000);
  expect(pim.assignments().map((one) => one.scope)).not.toContain(RG_SCOPE.toLowerCase());
});

it('takes all a person may say', async () => {
  const { curl, pim } = control();
  const made = await curl('POST /pim/activate', {
    person: 'ada@contoso.com',
    role: 'Virtual Machine Administrator Login',
    scope: RG_SCOPE,
    duration: 'PT1H30M',
    startAt: '2026-01-01T11:00:00Z',
    justification: 'patching',
    ticket: { number: 'INC1' },
    ipAddress: '2001:db8::1',
    approvalRequired: true,
  });
  expect(made.body).toMatchObject({ status: 'PendingApproval' });
  const { requestName } = made.body;
  expect((await curl('POST /pim/approve', { requestName })).body).toMatchObject({
    status: 'ScheduleCreated',
    endAt: '2026-01-01T12:30:00.000Z',
  });
  expect((await curl('POST /pim/cancel', { requestName })).body).toMatchObject({
    status: 'Canceled',
  });
  expect(pim.truth()).toEqual([]);
});

it.each([
  ['not JSON', '{', 'The body is not JSON.'],
  ['no person', { minutes: 5 }, 'person'],
  ['no length', { person: 'ada@contoso.com' }, 'one of "minutes", "seconds" and "duration"'],
  ['two lengths', { person: 'ada@contoso.com', minutes: 5, seconds: 5 }, 'one of'],
  ['an unknown key', { person: 'ada@contoso.com', minute: 5 }, 'minute'],
  ['a scope without slash', { person: 'ada@contoso.com', minutes: 5, scope: 'rg' }, 'scope'],
  ['no address', { person: 'ada@contoso.com', minutes: 5, ipAddress: 'home' }, 'ipAddress'],
  ['nobody', { person: 'eve', minutes: 5 }, 'eve'],
  ['no eligibility', { person: 'bob@contoso.com', minutes: 5 }, '0 eligible roles'],
  ['a bad start', { person: 'ada@contoso.com', minutes: 5, startAt: 'noon' }, 'noon'],
])('refuses %s and says what is wrong', async (_what, body, says) => {
  const { curl, pim } = control();
  const answer = await curl('POST /pim/activate', body);
  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).toContain(JSON.stringify(says).slice(1, -1));
  expect(pim.activations()).toEqual([]);
});

it('asks which, where a person has several eligibilities', async () => {
  const { curl, pim } = control();
  pim.makeEligible({
    principalId: 'ada@contoso.com',
    roleDefinitionGuid: USER_LOGIN,
    scope: RG_SCOPE,
  });
  const answer = await curl('POST /pim/activate', { person: 'ada@contoso.com', minutes: 5 });
  expect(JSON.stringify(answer.body)).toContain('2 eligible roles');
});

it('names its paths to whoever asks for another, and leaves the rest alone', async () => {
  const { curl } = control();
  const answer = await curl('GET /pim/');
  expect(answer.status).toBe(404);
  expect(JSON.stringify(answer.body)).toContain('POST /pim/activate');
  expect((await curl('GET /subscriptions')).status).toBe(0);
});

it('assigns a role without PIM and takes it away again, as an administrator would', async () => {
  const { curl, pim } = control();
  const wanted = { person: 'bob@contoso.com', role: 'Contributor', scope: `${RG_SCOPE}/` };
  const made = await curl('POST /pim/assign', wanted);
  const id = made.body['roleAssignmentId'];
  expect(id).toMatch(/\/roleAssignments\/[0-9a-f-]{36}$/);
  await time.pass(3000);
  expect(pim.assignments().map((one) => one.id)).toContain(id);
  expect((await curl('POST /pim/assign', wanted)).body).toMatchObject({
    error: { code: 'RoleAssignmentExists' },
  });
  expect((await curl('POST /pim/remove', wanted)).body).toEqual({ roleAssignmentId: id });
  await time.pass(3000);
  expect(pim.assignments().map((one) => one.id)).not.toContain(id);
  expect(await curl('POST /pim/remove', wanted)).toMatchObject({
    status: 404,
    body: { error: { code: 'RoleAssignmentNotFound' } },
  });
  const { role: _role, ...without } = wanted;
  expect((await curl('POST /pim/assign', without)).status).toBe(400);
});
