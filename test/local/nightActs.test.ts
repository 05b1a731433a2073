import { vmId } from '../../local/estate';
import { playActs } from '../../local/nightActs';
import type { VirtualTime } from '../virtualTime';
import { installVirtualTime } from '../virtualTime';
import { machinesWith, readyFor } from './azure/resourceManager/machines';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime();
});
afterEach(() => time.uninstall());

const names = ['vm-a', 'vm-b', 'vm-c', 'vm-d'];
const acts = (['vanish', 'stop', 'secondWriter', 'secondWriter'] as const).map((kind, at) => ({
  kind,
  vmId: vmId(names[at] ?? ''),
  afterMs: (at + 1) * 1_000,
}));

describe('acts of others', () => {
  it('come up at their time, and what is gone by then is left alone', async () => {
    const { manager } = machinesWith(names.map((name) => readyFor(name)));
    playActs(acts, manager);
    manager.estate.removeVm(vmId('vm-d'));
    const { vms } = manager.estate;
    await time.pass(1_000);
    expect([...vms.values()].map(({ powerState }) => powerState)).toEqual(['running', 'running']);
    await time.pass(1_000);
    expect([...vms.values()].map(({ powerState }) => powerState)).toEqual([
      'deallocated',
      'running',
    ]);
    await time.pass(130_000);
    expect(vms.get(vmId('vm-c').toLowerCase())?.extensions).toMatchObject([
      { provisioningState: 'Succeeded' },
    ]);
    expect(manager.writeLog.records.map(({ method, caller }) => [method, caller.name])).toEqual([
      ['DELETE', 'administrator'],
      ['POST', 'administrator'],
      ['PUT', 'second writer'],
    ]);
  });

  it('end when they are told to', async () => {
    const { manager } = machinesWith(names.map((name) => readyFor(name)));
    const end = playActs(acts, manager);
    await time.pass(1_500);
    end();
    await time.pass(10_000);
    expect(manager.writeLog.records).toHaveLength(1);
  });
});
