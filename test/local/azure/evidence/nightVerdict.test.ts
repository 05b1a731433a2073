import type { NightVerdict } from '../../../../local/azure/evidence/nightVerdict';
import { isReady, judgeNight } from '../../../../local/azure/evidence/nightVerdict';
import { vmId } from '../../../../local/estate';
import { loginExtension } from '../../../../local/estateConnect';
import type { VirtualTime } from '../../../virtualTime';
import { installVirtualTime } from '../../../virtualTime';
import { callers } from '../resourceManager/harness';
import {
  extensionId,
  linuxLogin,
  loginBody,
  machinesWith,
  readyFor,
  systemAssigned,
  userAssigned,
} from '../resourceManager/machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

type Plans = Parameters<typeof machinesWith>[0];
type Step = [method: string, path: string, body?: unknown];

/** Plays writes one after another, each to its end, and judges. */
async function night(vms: Plans, steps: Step[], forbidden: string[] = []): Promise<NightVerdict> {
  const { manager, call } = machinesWith(vms);
  const before = [...manager.estate.vms.values()];
  for (const [method, path, body] of steps) {
    await call(method, path, body);
    await time.pass(7_200_000);
  }
  // What others write is theirs.
  manager.outOfBand.installLogin(vmId(vms[0]?.name ?? ''));
  await time.pass(7_200_000);
  return judgeNight({
    records: manager.writeLog.records,
    before,
    present: manager.estate.vms.values(),
    isForbidden: ({ id }) => forbidden.some((name) => id.endsWith(`/${name}`)),
    by: callers['admin']?.objectId ?? '',
  });
}

const key = (name: string): string => vmId(name).toLowerCase();
const put = (name: string, type?: string): Step => [
  'PUT',
  extensionId(name, type),
  loginBody(type),
];
const turnOn = (name: string): Step => ['PATCH', vmId(name), systemAssigned];

describe('the verdict on a night', () => {
  it('passes one that wrote each thing once, and counts who can be signed in to', async () => {
    const verdict = await night(
      [
        { name: 'vm-a' },
        { name: 'vm-b', osType: 'Linux' },
        readyFor('vm-c', { extensions: [loginExtension('Windows')] }),
        readyFor('vm-d', { powerState: 'stopped' }),
      ],
      [turnOn('vm-a'), put('vm-a'), turnOn('vm-b'), put('vm-b', linuxLogin), put('vm-d')],
    );
    expect(verdict).toEqual({
      passed: true,
      reasons: [],
      writes: { identity: 2, extension: 2, refused: 1 },
      twice: [],
      needless: [],
      identitiesLost: [],
      onForbidden: [],
      strayWrites: [],
      ready: { before: 1, now: 3 },
    });
  });

  it('takes a second try for right where the first has failed', async () => {
    const steps = [put('vm-a'), turnOn('vm-a'), put('vm-a')];
    const verdict = await night([{ name: 'vm-a' }], steps);
    expect([verdict.passed, verdict.writes.extension, verdict.ready.now]).toEqual([true, 2, 1]);
  });

  const faults: [what: string, vms: Plans, steps: Step[], found: object][] = [
    [
      'writes twice, and in vain',
      [readyFor('vm-a')],
      [put('vm-a'), put('vm-a')],
      {
        twice: [{ vmId: key('vm-a'), purpose: 'extension', sequences: [1, 2] }],
        needless: [{ sequences: [2] }],
      },
    ],
    [
      'turns on what is on',
      [readyFor('vm-a')],
      [turnOn('vm-a')],
      { needless: [{ vmId: key('vm-a'), purpose: 'identity', sequences: [1] }] },
    ],
    [
      'loses an identity',
      [{ name: 'vm-a', identity: { system: false, userAssigned: [userAssigned('one')] } }],
      [turnOn('vm-a')],
      {
        identitiesLost: [
          { vmId: key('vm-a'), sequence: 1, lost: [userAssigned('one').toLowerCase()] },
        ],
      },
    ],
    [
      'loses the system identity',
      [readyFor('vm-a')],
      [['PATCH', vmId('vm-a'), { identity: { type: 'None' } }]],
      { identitiesLost: [{ lost: ['system'] }] },
    ],
    [
      'writes to what is to be left alone',
      [readyFor('vm-x')],
      [put('vm-x')],
      { onForbidden: [{ vmId: key('vm-x'), purpose: 'extension', sequences: [1] }] },
    ],
    [
      'takes something away',
      [readyFor('vm-a', { extensions: [loginExtension('Windows')] })],
      [['DELETE', extensionId('vm-a')]],
      { strayWrites: [1] },
    ],
    [
      'changes tags beside the identity',
      [{ name: 'vm-a' }],
      [['PATCH', vmId('vm-a'), { ...systemAssigned, tags: {} }]],
      { strayWrites: [1] },
    ],
  ];
  it.each(faults)('fails one that %s', async (_what, vms, steps, found) => {
    const verdict = await night(vms, steps, ['vm-x']);
    expect(verdict.passed).toBe(false);
    expect(verdict.reasons.length).toBeGreaterThan(0);
    expect(verdict).toMatchObject(found);
  });
});

describe('a machine is ready', () => {
  it('with a system identity and the extension of its own system, installed', () => {
    const { manager } = machinesWith([
      readyFor('both', { extensions: [loginExtension('Windows')] }),
      readyFor('other-system', { extensions: [loginExtension('Linux')] }),
      readyFor('failed', {
        extensions: [{ ...loginExtension('Windows'), provisioningState: 'Failed' }],
      }),
      { name: 'no-identity', extensions: [loginExtension('Windows')] },
    ]);
    expect([...manager.estate.vms.values()].map(isReady)).toEqual([true, false, false, false]);
  });
});
