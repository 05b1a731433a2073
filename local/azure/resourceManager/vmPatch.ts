import type { VirtualMachineSeed } from '../../estate';
import type { VmIdentitySeed } from '../../estateMachine';
import type { ArmResponse } from '../contract';
import type { Call, Handler, World } from './call';
import { vmText } from './computeRoutes';
import { answerText, gatewayError, isRecord } from './http';
import { notFound } from './lists';
import { etagOf, identityBody } from './machineBody';
import { machineError } from './machineErrors';
import type { MachineChange } from './machineOperations';
import { beginOnMachine, machineHeaders, refuseWhileMachineBusy } from './machineOperations';
import { readTags } from './tags';

/** What of a VM a PATCH may change here. */
type Wanted = { identity?: VmIdentitySeed; tags?: Record<string, string> };

/**
 * PATCH of identity and tags. A user-assigned identity that is not sent is dropped, whatever the
 * type; `null` drops one by name. 200 with an operation, the goal shown at once.
 */
export const patchVm: Handler = (call, world) => {
  const vm = world.store.vms.get(call.route.lower);
  if (vm === undefined) return notFound(call, world);
  const wanted = readPatch(call.json);
  if ('status' in wanted) return wanted;
  const refused =
    refuseStaleVm(call, vm) ??
    refuseUnassignable(call, world, wanted.identity) ??
    refuseWhileMachineBusy(call.route.lower, world);
  if (refused !== undefined) return refused;
  if (call.record !== undefined) call.record.before = patchedValue(vm);
  const shown = shownGoal(vm, wanted);
  world.store.showVm(shown);
  const { vmPatch } = world.settings.latency;
  const operation = beginOnMachine(vm, world, vmPatch, changeOf(vm, world), {
    record: call.record,
    planned: call.operationEnd,
  });
  return answerText(200, vmText(shown), {
    ...machineHeaders(call, vm, operation, world),
    etag: etagOf(shown),
  });
};

/** What the write log keeps of a VM: what a PATCH may change. */
export function patchedValue(vm: VirtualMachineSeed): unknown {
  return { tags: vm.tags ?? null, identity: identityBody(vm) ?? null };
}

function shownGoal(vm: VirtualMachineSeed, { identity, tags }: Wanted): VirtualMachineSeed {
  const shown: VirtualMachineSeed = {
    ...vm,
    ...(tags === undefined ? {} : { tags }),
    provisioningState: 'Updating',
    version: (vm.version ?? 1) + 1,
  };
  if (identity === undefined) return shown;
  const { identity: _old, ...rest } = shown;
  return identity.system || identity.userAssigned.length > 0 ? { ...rest, identity } : rest;
}

function changeOf(before: VirtualMachineSeed, { store }: World): MachineChange {
  const key = before.id.toLowerCase();
  return {
    needsRunning: false,
    finish: () => {
      const vm = store.vms.get(key);
      if (vm !== undefined) store.showVm(succeeded(vm));
      return undefined;
    },
    fail: ({ code, message }) => {
      const vm = store.vms.get(key);
      if (vm?.vmId !== before.vmId) return;
      const { identity: _given, tags: _set, ...rest } = vm;
      const { identity, tags } = before;
      store.showVm({
        ...rest,
        ...(identity === undefined ? {} : { identity }),
        ...(tags === undefined ? {} : { tags }),
        provisioningState: 'Failed',
        failedBy: { code, message },
      });
    },
    valueNow: () => {
      const vm = store.vms.get(key);
      return vm === undefined ? null : patchedValue(vm);
    },
  };
}

/** A VM after an operation that went well. */
export function succeeded(vm: VirtualMachineSeed): VirtualMachineSeed {
  const { provisioningState: _state, failedBy: _code, ...rest } = vm;
  return rest;
}

const patchable = new Set(['identity', 'tags', 'location', 'id', 'name', 'type', 'etag']);

function readPatch(json: unknown): Wanted | ArmResponse {
  if (!isRecord(json)) return unreadable('The request has no body.');
  const foreign = Object.keys(json).find((key) => !patchable.has(key));
  if (foreign !== undefined) {
    return gatewayError(
      501,
      'NotImplemented',
      `The local Resource Manager does not imitate PATCH of '${foreign}' of a VM.`,
    );
  }
  const tags = readTags(json);
  if (tags === 'unreadable') return unreadable('The tags cannot be read.');
  const raw = json['identity'];
  const identity = raw === undefined || raw === null ? undefined : readIdentity(raw);
  if (identity !== undefined && 'status' in identity) return identity;
  return {
    ...(identity === undefined ? {} : { identity }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function unreadable(message: string): ArmResponse {
  return machineError(400, 'InvalidRequestContent', message);
}

const kinds = new Map([
  ['none', { system: false, user: false }],
  ['systemassigned', { system: true, user: false }],
  ['userassigned', { system: false, user: true }],
  ['systemassigned,userassigned', { system: true, user: true }],
]);

const identityForm =
  /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/]+$/i;

function readIdentity(raw: unknown): VmIdentitySeed | ArmResponse {
  const type = isRecord(raw) ? raw['type'] : undefined;
  const key = typeof type === 'string' ? type.replaceAll(' ', '').toLowerCase() : '';
  const kind = kinds.get(key);
  if (kind === undefined || !isRecord(raw)) {
    return unreadable(`The identity type '${String(type)}' is not valid.`);
  }
  const sent = raw['userAssignedIdentities'] ?? {};
  if (!isRecord(sent)) return unreadable('The user-assigned identities cannot be read.');
  const ids = Object.keys(sent).filter((id) => sent[id] !== null);
  const odd = ids.find((id) => !identityForm.test(id));
  if (odd !== undefined) {
    return machineError(400, 'FailedIdentityOperation', `'${odd}' is no user-assigned identity.`);
  }
  if (kind.user !== ids.length > 0) {
    return machineError(
      400,
      'InvalidIdentityValues',
      kind.user
        ? 'The type names user-assigned identities, and none is given.'
        : 'User-assigned identities are given, and the type does not name them.',
    );
  }
  return { system: kind.system, userAssigned: ids };
}

/** 412 where `If-Match` names another state of the VM; 412 as well for `If-None-Match: *`. */
function refuseStaleVm(call: Call, vm: VirtualMachineSeed): ArmResponse | undefined {
  const { headers } = call.request;
  const wanted = headers['if-match'];
  const current = etagOf(vm);
  const isFresh = wanted === undefined || wanted === '*' || wanted === current;
  if (isFresh && headers['if-none-match'] === undefined) return undefined;
  return machineError(
    412,
    'PreconditionFailed',
    `The condition of the request's etag header is not met: the resource '${vm.id}' has etag ` +
      `${current}.`,
  );
}

const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';

/** 403 where an identity is sent, new or not, that the caller may not assign. */
function refuseUnassignable(
  { caller, path }: Call,
  { access }: World,
  identity: VmIdentitySeed | undefined,
): ArmResponse | undefined {
  const forbidden = (identity?.userAssigned ?? []).filter(
    (id) => !access.mayDo(caller.objectId, assign, id.toLowerCase()),
  );
  if (forbidden.length === 0) return undefined;
  return gatewayError(
    403,
    'LinkedAuthorizationFailed',
    `The client '${caller.name}' with object id '${caller.objectId}' has permission to perform ` +
      `action 'Microsoft.Compute/virtualMachines/write' on scope '${path}'; however, it does not ` +
      `have permission to perform action '${assign}' on the linked scope(s) ` +
      `'${forbidden.join(',')}' or the linked scope(s) are invalid.`,
  );
}
