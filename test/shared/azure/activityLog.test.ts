import { factsOf, nsgId, stubArm, subscription } from './stubArm';

const from = Date.UTC(2026, 0, 1, 10);
const to = from + 60_000;
const ruleId = `${nsgId}/securityRules/postern-abc123-aaaaaaaaaaaaaaaaaaaa-0`;
const event = {
  caller: 'admin@contoso.com',
  eventTimestamp: '2026-01-01T10:00:30.1234567Z',
  operationName: { value: 'Microsoft.Network/networkSecurityGroups/securityRules/delete' },
  status: { value: 'Succeeded', localizedValue: 'Erfolgreich' },
};
const answering = (body: unknown, status = 200) => stubArm(() => ({ status, body }));
const listed = (body: unknown) => answering(body).world.activityLog.listOn(ruleId, from, to);

describe('the activity log', () => {
  it('is asked for one resource and a time, by one GET', async () => {
    const stub = answering({ value: [event] });
    expect(await stub.world.activityLog.listOn(ruleId, from, to)).toEqual([
      {
        at: from + 30_123,
        operation: event.operationName.value,
        status: 'Succeeded',
        caller: 'admin@contoso.com',
      },
    ]);
    expect(stub.sent.map(({ method, url }) => [method, url.pathname])).toEqual([
      ['GET', `${subscription}/providers/Microsoft.Insights/eventtypes/management/values`],
    ]);
    expect(stub.sent[0]?.url.searchParams.get('$filter')).toBe(
      `eventTimestamp ge '2026-01-01T10:00:00.000Z' and ` +
        `eventTimestamp le '2026-01-01T10:01:00.000Z' and resourceUri eq '${ruleId}'`,
    );
  });

  it.each([
    '',
    'x',
    '/subscriptions',
    '/providers/Microsoft.Management/managementGroups/mg',
    `${ruleId}' or resourceUri ne '`,
    `${ruleId}/../x`,
    `${ruleId}?api-version=1`,
  ])('is not asked by the id %j', async (id) => {
    const stub = answering({ value: [] });
    expect(await factsOf(stub.world.activityLog.listOn(id, from, to))).toMatchObject({
      kind: 'invalid',
    });
    expect(stub.sent).toEqual([]);
  });

  it('knows nothing of a resource that is not there', async () => {
    const body = { error: { code: 'ResourceNotFound', message: 'x' } };
    const { activityLog } = answering(body, 404).world;
    expect(await activityLog.listOn(ruleId, from, to)).toEqual([]);
  });

  it.each([
    [403, 'denied'],
    [429, 'throttled'],
    [503, 'unavailable'],
  ])('answers %d as %s', async (status, kind) => {
    const body = { error: { code: 'Refused', message: 'x' } };
    const { activityLog } = answering(body, status).world;
    expect(await factsOf(activityLog.listOn(ruleId, from, to))).toMatchObject({ kind });
  });

  it.each([
    ['no list', {}],
    ['null', { value: null }],
    ['an object', { value: { 0: event } }],
    ['an event without a time', { value: [event, { ...event, eventTimestamp: undefined }] }],
    ['a time that is a number', { value: [{ ...event, eventTimestamp: 0 }] }],
    ['an event that is null', { value: [null] }],
    ['a name that is a list', { value: [{ ...event, operationName: ['delete'] }] }],
    ['a caller that is an object', { value: [{ ...event, caller: { upn: 'x' } }] }],
    ['a text', 'Service unavailable'],
  ])('believes nothing of a body with %s', async (_, body) => {
    expect(await factsOf(listed(body))).toMatchObject({ kind: 'unavailable' });
  });

  it('takes for 1970 what is no time, and for nobody what is no name', async () => {
    const strange = { ...event, eventTimestamp: 'yesterday', caller: null, status: null };
    expect(
      await listed({ value: [strange, { ...event, operationName: { value: null } }] }),
    ).toEqual([
      { at: 0, operation: event.operationName.value, status: '', caller: '' },
      { at: from + 30_123, operation: '', status: 'Succeeded', caller: event.caller },
    ]);
  });

  it('cuts and cleans what others may have written', async () => {
    const caller = `a\r\n{"alarm":true}\u202E\u0000${'x'.repeat(10_000)}`;
    const [told] = await listed({ value: [{ ...event, caller }] });
    expect(told?.caller.length).toBeLessThanOrEqual(121);
    expect(told?.caller).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });

  it('reads ten thousand events', async () => {
    const many = await listed({ value: Array.from({ length: 10_000 }, () => event) });
    expect(many).toHaveLength(10_000);
  });
});
