import type { WriteRecord } from '../../../local/azure/contract';
import { vmId } from '../../../local/estate';
import { nightWrites } from './nightWrites';
import { contender } from './openNight';

const beganAt = Date.parse('2026-01-01T02:30:00.000Z');
let sequence = 0;

/** An accepted install of ours into `vm-1`, ten seconds after the begin. */
function record(
  changes: Partial<WriteRecord> & { afterS?: number; vm?: string } = {},
): WriteRecord {
  const { afterS = 10, vm = 'vm-1', ...rest } = changes;
  return {
    sequence: ++sequence,
    at: new Date(beganAt + afterS * 1_000).toISOString(),
    caller: contender,
    method: 'PUT',
    path: `${vmId(vm)}/extensions/AADLoginForWindows`,
    status: 201,
    outcome: 'succeeded',
    effectiveAt: new Date(beganAt + (afterS + 120) * 1_000).toISOString(),
    before: null,
    after: null,
    ...rest,
  };
}

const { effectiveAt: _none, ...failed } = record({ outcome: 'failed', code: 'X' });
const identity = { method: 'PATCH', path: vmId('vm-1'), status: 200 };

describe('writes of a night', () => {
  it('count until the last VM has its first accepted install, whatever came before and after', () => {
    const writes = nightWrites(
      [
        record({ afterS: 5, status: 429, code: 'SubscriptionRequestsThrottled' }),
        record({ ...identity, afterS: 6 }),
        { ...failed, at: record({ afterS: 20 }).at },
        record({ afterS: 30, vm: 'vm-2' }),
        record({ afterS: 400 }),
        record({ afterS: 900, vm: 'vm-3', caller: { ...contender, objectId: 'another' } }),
      ],
      beganAt,
    );
    expect(writes).toMatchObject({
      vms: 2,
      lastFirstMs: 30_000,
      accepted: 4,
      refused: { '429 SubscriptionRequestsThrottled': 1 },
      retries: 1,
      needless: 0,
      lastLandedMs: 520_000,
      landed: 2,
      failed: 1,
      givenUp: 0,
    });
  });

  it.each<[string, WriteRecord[], retries: number, needless: number]>([
    ['one install', [record()], 0, 0],
    ['one into each of two VMs', [record(), record({ vm: 'vm-2' })], 0, 0],
    ['two into one VM, in whatever case', [record(), record({ vm: 'VM-1' })], 0, 1],
    ['two, the first of which failed', [failed, record()], 1, 0],
    ['two, the first of which was refused', [record({ status: 409 }), record()], 0, 0],
    ['one over one that works', [record({ before: { provisioningState: 'Succeeded' } })], 0, 1],
    ['one over one that failed', [record({ before: { provisioningState: 'Failed' } })], 0, 0],
    ['an identity and an install', [record(identity), record()], 0, 0],
    ['an identity twice', [record(identity), record(identity)], 0, 1],
    [
      'an identity where there is one',
      [record({ ...identity, before: { identity: { type: 'SystemAssigned, UserAssigned' } } })],
      0,
      1,
    ],
    [
      'an identity beside those of users',
      [record({ ...identity, before: { identity: { type: 'UserAssigned' } } })],
      0,
      0,
    ],
  ])('have a cause or none: %s', (_, records, retries, needless) => {
    expect(nightWrites(records, beganAt)).toMatchObject({ retries, needless });
  });
});
