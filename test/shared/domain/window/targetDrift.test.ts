import fc from 'fast-check';
import {
  changedPart,
  type FreshTarget,
  looksTheSame,
  type SeenMachine,
} from '../../../../shared/domain/window/targetDrift';
import type { PlacementTarget } from '../../../../shared/domain/window/windowRow';

const target: PlacementTarget = {
  vmId: '/subscriptions/S/vm-1',
  vmGuid: 'AAAAAAAA-0000-4000-8000-000000000001',
  nicId: '/subscriptions/S/nic-1',
  addresses: ['10.0.0.4', '10.0.0.5'],
};
const { vmGuid, nicId, vmId } = target;
const seen: SeenMachine[] = target.addresses.map((privateIp) => ({ vmGuid, nicId, privateIp }));
const fresh: FreshTarget = {
  vm: { vmGuid },
  nic: { vmId, ipConfigurations: target.addresses.map((address) => ({ address })) },
};
const nicOf = (changes: Partial<NonNullable<FreshTarget['nic']>>): FreshTarget => ({
  ...fresh,
  nic: { vmId, ipConfigurations: fresh.nic?.ipConfigurations ?? [], ...changes },
});

describe('what the index shows', () => {
  it.each<[string, readonly SeenMachine[]]>([
    ['the same', seen],
    [
      'the same in other letters',
      seen.map((one) => ({
        ...one,
        vmGuid: one.vmGuid.toLowerCase(),
        nicId: one.nicId.toUpperCase(),
      })),
    ],
    ['the same and more', [...seen, { vmGuid, nicId, privateIp: '10.0.0.9' }]],
    ['the same twice', [...seen, ...seen]],
  ])('is the machine: %s', (_, rows) => {
    expect(looksTheSame(target, rows)).toBe(true);
  });

  it.each<[string, readonly SeenMachine[]]>([
    ['nothing', []],
    ['one address', seen.slice(1)],
    [
      'one address in place of another',
      seen.map((one, at) => (at ? { ...one, privateIp: 'x' } : one)),
    ],
    ['another machine', seen.map((one) => ({ ...one, vmGuid: 'other' }))],
    ['another interface', seen.map((one) => ({ ...one, nicId: 'other' }))],
    ['an address of another interface', seen.map((one, at) => (at ? { ...one, nicId: 'x' } : one))],
    ['empty texts', seen.map(() => ({ vmGuid: '', nicId: '', privateIp: '' }))],
  ])('is a reason to read: %s', (_, rows) => {
    expect(looksTheSame(target, rows)).toBe(false);
  });
});

describe('what a read shows', () => {
  it.each<[string, FreshTarget, ReturnType<typeof changedPart>]>([
    ['the same', fresh, null],
    ['the same in other letters', { ...fresh, vm: { vmGuid: vmGuid.toLowerCase() } }, null],
    [
      'one address more',
      nicOf({ ipConfigurations: [...seen.map(addressOf), { address: 'x' }] }),
      null,
    ],
    ['no machine', { ...fresh, vm: null }, 'machineGone'],
    ['neither machine nor interface', { vm: null, nic: null }, 'machineGone'],
    ['a machine without a GUID', { ...fresh, vm: { vmGuid: '' } }, 'anotherMachine'],
    ['another machine of that name', { ...fresh, vm: { vmGuid: 'other' } }, 'anotherMachine'],
    ['no interface', { ...fresh, nic: null }, 'interfaceMoved'],
    ['an interface of nobody', nicOf({ vmId: '' }), 'interfaceMoved'],
    ['an interface of another', nicOf({ vmId: `${vmId}0` }), 'interfaceMoved'],
    ['no address', nicOf({ ipConfigurations: [] }), 'addressMoved'],
    ['one address less', nicOf({ ipConfigurations: [{ address: '10.0.0.4' }] }), 'addressMoved'],
  ])('%s', (_, read, expected) => {
    expect(changedPart(target, read)).toBe(expected);
  });

  it('is never the same without every address that the rule lets in to', () => {
    const address = fc.constantFrom<string>('10.0.0.4', '10.0.0.5', '10.0.0.6', '');
    fc.assert(
      fc.property(fc.array(address), (held) => {
        const read = nicOf({ ipConfigurations: held.map((one) => ({ address: one })) });
        const holdsAll = target.addresses.every((one) => held.includes(one));
        expect(changedPart(target, read)).toBe(holdsAll ? null : 'addressMoved');
      }),
    );
  });
});

function addressOf({ privateIp }: SeenMachine): { address: string } {
  return { address: privateIp };
}
