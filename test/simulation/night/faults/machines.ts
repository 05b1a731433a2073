import type { VirtualMachineSeed } from '../../../../local/estateMachine';
import { guidOf } from '../../../../local/estate';
import type { Crossing } from '../../boundaries';
import type { Dice } from '../../dice';
import type { FaultKind, Stage } from '../../stage';
import {
  domainJoin,
  extensionSeed,
  hostileTags,
  recipeNames,
  recipeOf,
  userAssigned,
} from '../recipes';
import { nightEvent, nightStrike } from './nightFault';

/** What somebody makes of a VM; `null`: it is taken away. */
type Change = (vm: VirtualMachineSeed, dice: Dice) => VirtualMachineSeed | null;

const isNight = (id: string): boolean => /\/resourcegroups\/rg-(?:night|policy)\//i.test(id);

const without = (vm: VirtualMachineSeed, type: RegExp): VirtualMachineSeed => ({
  ...vm,
  extensions: (vm.extensions ?? []).filter((one) => !type.test(one.type)),
});
const login = /^aad(?:login|sshlogin)for(?:windows|linux)$/i;
const withTags = (vm: VirtualMachineSeed, tags: Record<string, string>): VirtualMachineSeed => ({
  ...vm,
  tags: { ...vm.tags, ...tags },
});

/** Made anew under the same name, by another recipe: a machine that nobody knows. */
function another(vm: VirtualMachineSeed, dice: Dice): VirtualMachineSeed {
  const { id, location, networkInterfaceIds } = vm;
  const { seed } = recipeOf(dice.pick(recipeNames));
  return {
    id,
    location,
    networkInterfaceIds,
    vmId: guidOf(`${vm.vmId} ${dice.next()}`),
    osType: 'Windows',
    powerState: 'running',
    tags: {},
    ...seed,
  };
}

const identityGiven: Change = (vm) => ({
  ...vm,
  identity: { system: vm.identity?.system ?? false, userAssigned },
});

/** What other people do to machines at the worst moment. */
const changes: Readonly<Record<string, Change>> = {
  'VM vanishes': () => null,
  'VM stops': (vm) => ({ ...vm, powerState: 'deallocated' }),
  'VM starts': (vm) => ({ ...vm, powerState: 'running' }),
  'VM is replaced': another,
  'owner opts out': (vm) => withTags(vm, { 'postern-remediation': 'OFF' }),
  'owner names the domain': (vm) => withTags(vm, { 'domain-joined': 'yes' }),
  'hostile tags appear': (vm) => withTags(vm, hostileTags),
  'VM joins a domain': (vm) => ({
    ...vm,
    extensions: [...(vm.extensions ?? []), domainJoin()],
    guest: { ...vm.guest, joined: 'Domain' },
  }),
  'an identity is given': identityGiven,
  'identities are taken': ({ identity: _taken, ...vm }) => vm,
  'the extension is removed': (vm) => without(vm, login),
  'the extension fails': (vm) => ({
    ...vm,
    extensions: (vm.extensions ?? []).map((one) =>
      login.test(one.type) ? { ...one, provisioningState: 'Failed' } : one,
    ),
  }),
  'VM is made ready': (vm) => ({
    ...without(vm, login),
    identity: { system: true, userAssigned: vm.identity?.userAssigned ?? [] },
    extensions: [
      ...(without(vm, login).extensions ?? []),
      extensionSeed({
        name: 'theirs',
        type: vm.osType === 'Windows' ? 'AADLoginForWindows' : 'AADSSHLoginForLinux',
      }),
    ],
  }),
};

/** Carries a change out; `false`: the VM is not there. */
function carryOut(stage: Stage, vmId: string, change: Change, dice: Dice): boolean {
  const { estate } = stage.simulation().azure.resourceManager;
  const vm = estate.vms.get(vmId.toLowerCase());
  if (vm === undefined) return false;
  const changed = change(vm, dice);
  if (changed === null) estate.removeVm(vm.id);
  else estate.setVm(changed);
  return true;
}

function anyMachine(stage: Stage, dice: Dice): string | null {
  const ids = [...stage.simulation().azure.resourceManager.estate.vms.keys()].filter(isNight);
  return ids.length === 0 ? null : dice.pick(ids);
}

const onMachine = (method: string) => (crossing: Crossing) => crossing.name.startsWith(method);

/** At some time, to some machines. */
const atAnyTime = Object.entries(changes).map(([name, change]) =>
  nightEvent(name, (stage, dice) => {
    let isDone = false;
    for (let left = dice.int(1, 5); left > 0; left--) {
      const id = anyMachine(stage, dice);
      if (id !== null && carryOut(stage, id, change, dice)) isDone = true;
    }
    return isDone;
  }),
);

/** To the very machine that a request is about, at the very moment. */
function around(
  name: string,
  method: string,
  at: 'before' | 'after',
  skip: number,
  some: readonly Change[] = Object.values(changes),
): FaultKind {
  return nightStrike(
    name,
    at,
    onMachine(method),
    ({ subject }, stage, dice) => ({
      do: 'act',
      act: () => {
        const vmId = subject.replace(/\/extensions\/[^/]+$/i, '');
        // Of the windows' machines their own judge knows what becomes.
        if (isNight(vmId)) carryOut(stage, vmId, dice.pick(some), dice);
      },
    }),
    // Writes leave in the first seconds of a run; reads of VMs go on.
    { times: [2, 8], skip, isEarly: !method.startsWith('get') },
  );
}

export const nightMachines: readonly FaultKind[] = [
  ...atAnyTime,
  around('VM changes before it is read', 'get virtualmachines', 'before', 12),
  around('VM changes after it was read', 'get virtualmachines', 'after', 12),
  around('VM changes before a PATCH', 'patch virtualmachines', 'before', 3),
  around('VM changes after a PATCH', 'patch virtualmachines', 'after', 3),
  around('an identity is given before a PATCH', 'patch virtualmachines', 'before', 0, [
    identityGiven,
  ]),
  around('VM changes before a PUT', 'put extensions', 'before', 8),
  around('VM changes after a PUT', 'put extensions', 'after', 8),
  nightEvent('somebody else installs', (stage, dice) => {
    const id = anyMachine(stage, dice);
    const { outOfBand } = stage.simulation().azure.resourceManager;
    return id !== null && outOfBand.installLogin(id) < 300;
  }),
];
