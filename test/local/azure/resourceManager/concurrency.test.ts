import { nsgId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, fixture, managerWith, seeded } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const ruleA = `${nsg}/securityRules/postern-a-a-0`;
const ruleB = `${nsg}/securityRules/postern-a-b-0`;
const putA = { properties: allowRule() };
const putB = { properties: allowRule({ priority: 201 }) };
const latency = { rulePut: 14_000, ruleDelete: 11_000 };

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const names = (rules: { name: string }[]): string[] => rules.map((rule) => rule.name);

describe('a second operation on a busy NSG', () => {
  it('gets 429 RetryableError by default, without Retry-After', async () => {
    const manager = managerWith({ latency });
    const call = clientOf(manager);
    await call('PUT', ruleA, putA);
    const second = await call('PUT', ruleB, putB);
    expect(second.status).toBe(429);
    expect(second.headers).not.toHaveProperty('retry-after');
    expect(second.json).toMatchObject({
      error: {
        code: 'RetryableError',
        message: 'A retryable error occured.',
        details: [{ code: 'RetryableErrorDueToAnotherOperation' }],
      },
    });
    expect(second.body).toMatch(
      /Operation PutSecurityRuleOperation \([0-9a-f-]{36}\) is updating resource \S+nsg-vm-app-01\. The call can be retried in 14 seconds\./,
    );
    expect((await call('DELETE', `${nsg}/securityRules/allow-monitoring`)).status).toBe(429);
    await time.pass(14_000);
    expect((await call('PUT', ruleB, putB)).status).toBe(201);
  });

  it('may carry Retry-After', async () => {
    const call = clientOf(managerWith({ latency, hasBusyRetryAfter: true }));
    await call('PUT', ruleA, putA);
    await time.pass(4_500);
    expect((await call('PUT', ruleB, putB)).headers['retry-after']).toBe('10');
  });

  it('may get 409 that names the running operation', async () => {
    const call = clientOf(managerWith({ latency, whenBusy: 'conflict' }));
    const first = await call('PUT', ruleA, putA);
    const second = await call('DELETE', `${nsg}/securityRules/allow-monitoring`);
    expect(second.status).toBe(409);
    expect(second.json).toMatchObject({ error: { code: 'AnotherOperationInProgress' } });
    expect(second.body).toContain(first.headers['azure-asyncoperation'] ?? 'no operation');
  });

  it('may overtake the running PUT, whose change is lost', async () => {
    const manager = managerWith({ latency, whenBusy: 'supersede' });
    const call = clientOf(manager);
    const first = await call('PUT', ruleA, putA);
    const second = await call('PUT', ruleB, putB);
    expect(second.status).toBe(201);
    const poll = await call('GET', first.headers['azure-asyncoperation'] ?? '');
    const by = /operations\/([0-9a-f-]+)/.exec(second.headers['azure-asyncoperation'] ?? '')?.[1];
    const recorded = fixture('wire/lro-canceled-superseded.json') as { body: unknown };
    const guids = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
    expect(poll.body?.replace(guids, '<id>')).toBe(
      JSON.stringify(recorded.body).replace(guids, '<id>'),
    );
    expect(poll.body).toContain(`superseded by operation PutSecurityRuleOperation (${by}).`);
    await time.pass(14_000);
    expect(names(manager.estate.effectiveRules(nsg))).toEqual([
      'allow-monitoring',
      'postern-a-b-0',
      'deny-management-from-internet',
    ]);
    expect(manager.writeLog.records[0]).toMatchObject({ outcome: 'canceled', after: null });
  });

  it('may overtake the running PUT, whose change lands all the same', async () => {
    const manager = managerWith({ latency, whenBusy: 'supersede', supersededLands: true });
    const call = clientOf(manager);
    await call('PUT', ruleA, putA);
    await time.pass(1_000);
    await call('PUT', ruleB, putB);
    await time.pass(14_000);
    expect(names(manager.estate.effectiveRules(nsg))).toContain('postern-a-a-0');
    expect(manager.writeLog.records[0]).toMatchObject({
      outcome: 'canceled',
      effectiveAt: '2026-01-01T10:00:01.000Z',
      after: { name: 'postern-a-a-0' },
    });
  });

  it('never overtakes a DELETE', async () => {
    const manager = managerWith({ latency, whenBusy: 'supersede' });
    const call = clientOf(manager);
    await call('DELETE', `${nsg}/securityRules/allow-monitoring`);
    expect((await call('PUT', ruleA, putA)).status).toBe(429);
    await time.pass(11_000);
    expect(names(manager.estate.effectiveRules(nsg))).not.toContain('allow-monitoring');
  });

  it('may get any of the three, by chance', async () => {
    const choices = ['retryable', 'conflict', 'supersede'] as const;
    const manager = managerWith({
      latency,
      chance: seeded(3),
      whenBusy: (chance) => choices[Math.floor(chance() * 3)] ?? 'retryable',
    });
    const call = clientOf(manager);
    await call('PUT', ruleA, putA);
    const seen = new Set<number>();
    for (let turn = 0; turn < 30; turn++) seen.add((await call('PUT', ruleB, putB)).status);
    expect(seen).toEqual(new Set([201, 409, 429]));
  });

  it('does not touch another NSG', async () => {
    const call = clientOf(managerWith({ latency }));
    await call('PUT', ruleA, putA);
    const other = `${nsgId('nsg-snet-app', 'rg-net')}/securityRules/postern-a-a-0`;
    expect((await call('PUT', other, putA)).status).toBe(201);
  });
});

describe('If-Match', () => {
  it('is honoured with 412 where it does not fit', async () => {
    const call = clientOf(managerWith());
    const etag = String((await call('GET', nsg)).json['etag']);
    const stale = await call('PUT', ruleA, putA, { 'if-match': 'W/"old"' });
    expect(stale.status).toBe(412);
    expect(stale.json).toMatchObject({
      error: {
        code: 'PreconditionFailed',
        message: 'Precondition failed.',
        details: [
          {
            code: 'PreconditionFailedEtagMismatch',
            message:
              `Etag provided in if-match header W/"old" does not match etag ${etag} of resource ` +
              `${nsg} in NRP data store.`,
          },
        ],
      },
    });
    expect((await call('PUT', ruleA, putA, { 'if-match': etag })).status).toBe(201);
  });
});

describe('what the network does', () => {
  it('follows the end of an operation by the time that spreading takes', async () => {
    const manager = managerWith({ latency: { rulePut: 1_000, propagation: 5_000 } });
    const call = clientOf(manager);
    await call('PUT', ruleA, putA);
    await time.pass(1_000);
    expect((await call('GET', ruleA)).json).toMatchObject({
      properties: { provisioningState: 'Succeeded' },
    });
    expect(names(manager.estate.effectiveRules(nsg))).not.toContain('postern-a-a-0');
    await time.pass(5_000);
    expect(names(manager.estate.effectiveRules(nsg))).toContain('postern-a-a-0');
    expect(manager.writeLog.records[0]?.effectiveAt).toBe('2026-01-01T10:00:06.000Z');
  });
});
