import { nsgId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, clientOf, managerWith, request } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const rule = `${nsg}/securityRules/postern-a-b-0`;
const body = { properties: allowRule() };

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

describe('a fault', () => {
  it('answers in place of Azure as often as it is told to', async () => {
    const manager = managerWith();
    manager.faults.add({
      name: 'teapot',
      when: ({ method }) => method === 'PUT',
      times: 2,
      answer: { status: 500, headers: {}, body: '{"error":{"code":"Oops"}}' },
    });
    const call = clientOf(manager, 'opener');
    expect((await call('GET', nsg)).status).toBe(200);
    expect((await call('PUT', rule, body)).status).toBe(500);
    expect((await call('PUT', rule, body)).headers['x-ms-request-id']).toBeDefined();
    expect((await call('PUT', rule, body)).status).toBe(201);
    expect(manager.faults.struck.get('teapot')).toBe(2);
    expect(manager.writeLog.records.map((record) => [record.status, record.code])).toEqual([
      [500, 'Oops'],
      [500, 'Oops'],
      [201, undefined],
    ]);
  });

  it('may answer what is no JSON, as a proxy does', async () => {
    const manager = managerWith();
    const answer = { status: 502, headers: {}, body: '<html>Bad Gateway</html>' };
    manager.faults.add({ when: () => true, times: 1, answer });
    const response = await manager.handle(request('admin', 'put', rule, body));
    expect([response.status, response.body]).toEqual([502, answer.body]);
    expect(manager.writeLog.records).toMatchObject([{ method: 'PUT', status: 502 }]);
  });

  it('breaks the connection before or after the effect', async () => {
    const manager = managerWith({ latency: { rulePut: 1_000 } });
    const when = ({ method }: { method: string }): boolean => method === 'PUT';
    const put = (): Promise<unknown> => manager.handle(request('admin', 'PUT', rule, body));
    manager.faults.add({ when, times: 1, drop: 'beforeEffect' });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await time.pass(2_000);
    expect(manager.estate.effectiveRules(nsg)).toHaveLength(2);
    manager.faults.add({ when, times: 1, drop: 'afterEffect' });
    await expect(put()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await time.pass(1_000);
    expect(manager.estate.effectiveRules(nsg)).toHaveLength(3);
  });

  it('lets a write land late, after the client was told that it failed', async () => {
    const manager = managerWith({ latency: { rulePut: 1_000 } });
    manager.faults.add({
      when: ({ method }) => method === 'PUT',
      times: 1,
      answer: { status: 504, headers: {} },
      lateMs: 60_000,
    });
    const call = clientOf(manager);
    expect((await call('PUT', rule, body)).status).toBe(504);
    await time.pass(59_000);
    expect((await call('GET', rule)).status).toBe(404);
    await time.pass(3_000);
    expect((await call('GET', rule)).status).toBe(200);
    expect(manager.writeLog.records).toMatchObject([
      { status: 504 },
      { status: 201, outcome: 'succeeded', effectiveAt: '2026-01-01T10:01:01.000Z' },
    ]);
  });

  it('lets an accepted operation fail, with or without its change', async () => {
    const manager = managerWith({ latency: { rulePut: 1_000, ruleDelete: 1_000 } });
    const error = { code: 'InternalServerError', message: 'An error occurred.' };
    const call = clientOf(manager);
    manager.faults.add({
      when: ({ method }) => method === 'PUT',
      times: 1,
      operation: { status: 'Failed', error },
    });
    const put = await call('PUT', rule, body);
    expect(put.status).toBe(201);
    await time.pass(1_000);
    expect((await call('GET', put.headers['azure-asyncoperation'] ?? '')).json).toEqual({
      status: 'Failed',
      error,
    });
    expect(manager.estate.effectiveRules(nsg)).toHaveLength(2);
    manager.faults.add({
      when: ({ method }) => method === 'DELETE',
      times: 1,
      operation: { status: 'Failed', error, lands: true },
    });
    const gone = await call('DELETE', `${nsg}/securityRules/allow-monitoring`);
    await time.pass(1_000);
    expect((await call('GET', gone.headers['location'] ?? '')).status).toBe(409);
    expect(manager.estate.effectiveRules(nsg)).toHaveLength(1);
  });

  it('delays the request, or only its answer', async () => {
    const manager = managerWith({ latency: { rulePut: 1_000 } });
    const remove = manager.faults.add({
      when: ({ method }) => method === 'PUT',
      delayAnswerMs: 5_000,
    });
    let isAnswered = false;
    const done = clientOf(manager)('PUT', rule, body).then(() => {
      isAnswered = true;
    });
    await time.pass(1_000);
    expect([isAnswered, manager.estate.effectiveRules(nsg).length]).toEqual([false, 3]);
    await time.pass(4_000);
    await done;
    remove();
    manager.faults.add({ when: () => true, times: 1, delayMs: 3_000 });
    const slow = clientOf(manager)('GET', nsg);
    await time.pass(3_000);
    expect((await slow).headers['date']).toBe('Thu, 01 Jan 2026 10:00:08 GMT');
  });
});

describe('latency', () => {
  it('is paid before anything happens, by kind of request, fixed or drawn', async () => {
    const manager = managerWith({
      latency: {
        read: 100,
        write: (chance) => (chance() < 1 ? 200 : 0),
        query: 300,
        rulePut: 1_000,
      },
    });
    const call = clientOf(manager);
    const path = '/providers/Microsoft.ResourceGraph/resources';
    const dates: (string | undefined)[] = [];
    for (const work of [
      () => call('GET', nsg),
      () => call('PUT', rule, body),
      () => call('POST', path, { query: '// postern:rules v1\nresources' }),
    ]) {
      const answer = work();
      await time.pass(1_000);
      dates.push((await answer).headers['date']);
    }
    expect(dates.map((date) => date?.slice(17, 25))).toEqual(['10:00:00', '10:00:01', '10:00:02']);
    expect(manager.writeLog.records[0]).toMatchObject({
      at: '2026-01-01T10:00:01.000Z',
      effectiveAt: '2026-01-01T10:00:02.200Z',
    });
  });
});

describe('the named faults', () => {
  it('arm-down-30s begins with the first DELETE, refuses it and everything for 30 s', async () => {
    const manager = managerWith();
    manager.faults.use('arm-down-30s');
    const call = clientOf(manager);
    expect((await call('GET', nsg)).status).toBe(200);
    const target = `${nsg}/securityRules/allow-monitoring`;
    expect((await call('DELETE', target)).status).toBe(503);
    await time.pass(29_999);
    expect((await call('GET', nsg)).status).toBe(503);
    await time.pass(1);
    expect((await call('GET', nsg)).status).toBe(200);
    expect((await call('DELETE', target)).status).toBe(202);
  });

  it('arm-429 answers a share of the calls so, in every form of asking to wait', async () => {
    const manager = managerWith({ isThrottled: false });
    manager.faults.use('arm-429');
    const call = clientOf(manager);
    const forms = new Map<string, number>();
    let refused = 0;
    for (let turn = 0; turn < 500; turn++) {
      const { status, headers } = await call('GET', nsg);
      if (status !== 429) continue;
      refused++;
      const form =
        Object.keys(headers).find((name) => name.includes('retry-after')) ?? 'none at all';
      forms.set(form, (forms.get(form) ?? 0) + 1);
    }
    expect(refused).toBeGreaterThan(100);
    expect(refused).toBeLessThan(200);
    expect([...forms.keys()].sort()).toEqual([
      'none at all',
      'retry-after',
      'retry-after-ms',
      'x-ms-retry-after-ms',
    ]);
    manager.faults.clear();
    expect((await call('GET', nsg)).status).toBe(200);
  });
});
