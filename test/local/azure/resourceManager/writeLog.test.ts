import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WriteRecord } from '../../../../local/azure/contract';
import { nsgId } from '../../../../local/estate';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { allowRule, callers, clientOf, managerWith } from './harness';

const nsg = nsgId('nsg-vm-app-01');
const rule = `${nsg}/securityRules/postern-a-b-0`;

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

describe('the write log', () => {
  it('tells of each write who, when, what, before, after and when it took effect', async () => {
    const manager = managerWith({ latency: { rulePut: 4_000, ruleDelete: 11_000 } });
    const call = clientOf(manager, 'opener');
    await call('PUT', rule, { properties: allowRule() });
    expect(manager.writeLog.records).toEqual([
      {
        sequence: 1,
        at: '2026-01-01T10:00:00.000Z',
        caller: callers['opener'],
        method: 'PUT',
        path: rule,
        status: 201,
        before: null,
        after: null,
      },
    ]);
    await time.pass(4_000);
    await call('PUT', rule, { properties: allowRule({ priority: 300 }) });
    await time.pass(4_000);
    await call('DELETE', rule);
    await time.pass(11_000);
    await call('DELETE', rule);
    const [first, second, third, fourth] = manager.writeLog.records;
    const named = (priority: number): unknown => ({
      name: 'postern-a-b-0',
      properties: allowRule({ priority }),
    });
    expect(first).toMatchObject({
      effectiveAt: '2026-01-01T10:00:04.000Z',
      outcome: 'succeeded',
      after: named(200),
    });
    expect(second).toMatchObject({ status: 200, before: named(200), after: named(300) });
    expect(third).toMatchObject({
      status: 202,
      effectiveAt: '2026-01-01T10:00:19.000Z',
      before: named(300),
      after: null,
    });
    expect(fourth).toMatchObject({ status: 204, outcome: 'succeeded', before: null, after: null });
  });

  it('keeps refusals with their code, and what stood there stays', async () => {
    const manager = managerWith();
    const foreign = `${nsg}/securityRules/allow-monitoring`;
    await clientOf(manager, 'reader')('DELETE', foreign);
    await clientOf(manager, 'stranger')('DELETE', foreign);
    await clientOf(manager)('PUT', rule, { properties: allowRule({ priority: 1000 }) });
    await clientOf(manager)('PUT', nsg, '{');
    const brief = manager.writeLog.records.map(({ caller, status, code, before }) => [
      caller.name,
      status,
      code,
      before,
    ]);
    expect(brief).toEqual([
      ['reader', 403, 'AuthorizationFailed', null],
      ['anonymous', 401, 'InvalidAuthenticationToken', null],
      ['admin', 400, 'SecurityRuleConflict', null],
      ['admin', 400, 'InvalidRequestContent', null],
    ]);
    expect(manager.writeLog.records.every((record) => record.outcome === undefined)).toBe(true);
  });

  it('says nothing of reads and queries', async () => {
    const manager = managerWith();
    const call = clientOf(manager);
    await call('GET', nsg);
    await call('POST', '/providers/Microsoft.ResourceGraph/resources', { query: 'x' });
    expect(manager.writeLog.records).toEqual([]);
  });

  it('tells listeners at the answer and at the end, and onWrite at the end only', async () => {
    const heard: string[] = [];
    const ended: WriteRecord[] = [];
    const manager = managerWith({
      latency: { rulePut: 1_000 },
      onWrite: (item) => ended.push(item),
    });
    const stop = manager.writeLog.onRecord((item) => heard.push(item.outcome ?? 'running'));
    const call = clientOf(manager);
    await call('PUT', rule, { properties: allowRule() });
    expect([heard, ended.length]).toEqual([['running'], 0]);
    await time.pass(1_000);
    expect([heard, ended.length]).toEqual([['running', 'succeeded'], 1]);
    await call('PATCH', nsg, { tags: { a: 'b' } });
    expect(ended.at(-1)).toMatchObject({ method: 'PATCH', after: { tags: { a: 'b' } } });
    manager.outOfBand.deleteRule(nsg, 'allow-monitoring');
    expect(ended.at(-1)).toMatchObject({
      caller: { name: 'administrator' },
      before: { name: 'allow-monitoring' },
      after: null,
    });
    stop();
    await call('PATCH', nsg, { tags: {} });
    expect(heard).toHaveLength(4);
  });

  it('is appended to a file, the last line of a number being the truth', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'write-log-'));
    const writeLogPath = path.join(folder, 'writes.jsonl');
    const manager = managerWith({ writeLogPath, latency: { rulePut: 1_000 } });
    await clientOf(manager)('PUT', rule, { properties: allowRule() });
    await time.pass(1_000);
    const lines = readFileSync(writeLogPath, 'utf8').trim().split('\n');
    const read = lines.map((line) => JSON.parse(line) as WriteRecord);
    expect(read.map((item) => [item.sequence, item.outcome])).toEqual([
      [1, undefined],
      [1, 'succeeded'],
    ]);
    expect(read[1]).toEqual(manager.writeLog.records[0]);
    rmSync(folder, { recursive: true });
  });
});
