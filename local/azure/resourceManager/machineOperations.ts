import { chanceOf } from '../../chance';
import type { PowerState, VirtualMachineSeed } from '../../estate';
import { guidOf } from '../../estate';
import type { ArmResponse, WriteRecord } from '../contract';
import { subscriptionOf } from './armPath';
import type { Call, Handler, OperationEnd, World } from './call';
import { answer, empty } from './http';
import { machineError, preempted } from './machineErrors';
import type { Duration } from './settings';
import { drawn } from './settings';

/** An operation on a VM or one of its extensions, running or ended. */
export type MachineOperation = {
  id: string;
  vmKey: string;
  startedAtMs: number;
  endedAtMs?: number;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  error?: OperationEnd['error'];
};

/** What an operation does to the VM; its showing at acceptance is done by whoever begins it. */
export type MachineChange = {
  /** False: goes on while the VM does not run, as a change of identity does. */
  needsRunning: boolean;
  /** At the end: shows the end state, or returns the error with which it failed. */
  finish(): OperationEnd['error'] | undefined;
  /** It failed: shows what is left. */
  fail(error: OperationEnd['error']): void;
  /** What the write log keeps, read from the store at the end. */
  valueNow(): unknown;
};

type Running = {
  operation: MachineOperation;
  change: MachineChange;
  planned: OperationEnd | undefined;
  record: WriteRecord | undefined;
  /** The machine's own GUID: another machine of the name is not it. */
  vmGuid: string;
  timer: ReturnType<typeof setTimeout>;
};

/** All operations on VMs, and which VM is busy. */
export type MachineOperations = {
  byId: Map<string, MachineOperation>;
  /** By id of the VM in lower case: Compute runs one operation at a time on a VM. */
  running: Map<string, Running>;
  /** How many operations each VM has had. */
  count: Map<string, number>;
};

/** An empty table. */
export function createMachineOperations(): MachineOperations {
  return { byId: new Map(), running: new Map(), count: new Map() };
}

/** Ends what runs on a VM that is stopped, deleted or made anew: another operation overtook it. */
export function watchMachines(world: World): void {
  world.store.onChange(({ kind, id }) => {
    if (kind !== 'vm') return;
    const vmKey = id.toLowerCase();
    const running = world.machines.running.get(vmKey);
    if (running === undefined) return;
    const vm = world.store.vms.get(vmKey);
    const goesOn =
      vm?.vmId === running.vmGuid && (!running.change.needsRunning || isUp(vm.powerState));
    if (!goesOn) end(running, world, { status: 'Failed', error: preempted });
  });
}

const isUp = (state: PowerState): boolean => state === 'running';

/** 409 while another operation runs on the VM. */
export function refuseWhileMachineBusy(vmKey: string, world: World): ArmResponse | undefined {
  if (!world.machines.running.has(vmKey)) return undefined;
  return machineError(
    409,
    'Conflict',
    'The request failed due to conflict with a concurrent request. To resolve it, please refer ' +
      'to https://aka.ms/activitylog to get more details on the conflicting requests.',
  );
}

/** Numbers for the next operation on a VM: they depend on the seed, the VM and its operations. */
export function machineChance(vmKey: string, world: World): () => number {
  const turn = world.machines.count.get(vmKey) ?? 0;
  return chanceOf(`${world.settings.machineSeed} ${vmKey} ${turn}`);
}

/** Starts an operation on an idle VM; `record` is completed when it ends. */
export function beginOnMachine(
  vm: VirtualMachineSeed,
  world: World,
  duration: Duration,
  change: MachineChange,
  { record, planned }: { record?: WriteRecord | undefined; planned?: OperationEnd | undefined },
): MachineOperation {
  const { machines } = world;
  const vmKey = vm.id.toLowerCase();
  const ms = drawn(duration, machineChance(vmKey, world));
  const turn = machines.count.get(vmKey) ?? 0;
  machines.count.set(vmKey, turn + 1);
  const operation: MachineOperation = {
    id: guidOf(`operation ${vmKey} ${turn}`),
    vmKey,
    startedAtMs: Date.now(),
    status: 'InProgress',
  };
  machines.byId.set(operation.id, operation);
  const { timers } = world.operations;
  const timer = setTimeout(() => end(running, world, running.planned), ms);
  timers.add(timer);
  const running: Running = { operation, change, planned, record, vmGuid: vm.vmId, timer };
  machines.running.set(vmKey, running);
  return operation;
}

function end(running: Running, world: World, planned: OperationEnd | undefined): void {
  const { operation, change, record, timer } = running;
  clearTimeout(timer);
  world.operations.timers.delete(timer);
  world.machines.running.delete(operation.vmKey);
  const lands = planned === undefined || planned.lands === true;
  const own = lands ? change.finish() : undefined;
  const error = planned?.error ?? own;
  operation.endedAtMs = Date.now();
  operation.status = planned?.status ?? (own === undefined ? 'Succeeded' : 'Failed');
  if (error !== undefined) {
    operation.error = error;
    if (!lands || own !== undefined) change.fail(error);
  }
  if (record === undefined) return;
  record.outcome = outcomes[operation.status];
  record.after = change.valueNow();
  if (error === undefined) record.effectiveAt = new Date().toISOString();
  else record.code = error.code;
  world.operations.settled(record);
}

const outcomes = {
  InProgress: 'succeeded',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Canceled: 'canceled',
} as const;

/** Headers of an accepted write. */
export function machineHeaders(
  call: Call,
  vm: VirtualMachineSeed,
  operation: MachineOperation,
  world: World,
): Record<string, string> {
  return {
    'azure-asyncoperation': operationUrl(call, vm, operation),
    'retry-after': String(world.settings.retryAfterS),
  };
}

function operationUrl(call: Call, vm: VirtualMachineSeed, { id }: MachineOperation): string {
  return (
    `${call.origin}/subscriptions/${subscriptionOf(vm.id)}/providers/Microsoft.Compute/locations/` +
    `${vm.location}/operations/${id}?p=${guidOf(id)}&api-version=${call.apiVersion}`
  );
}

/** The answer to an accepted DELETE: 202, empty, both headers. */
export function machineDeleteAccepted(
  call: Call,
  vm: VirtualMachineSeed,
  operation: MachineOperation,
  world: World,
): ArmResponse {
  return empty(202, {
    ...machineHeaders(call, vm, operation, world),
    location: `${operationUrl(call, vm, operation)}&monitor=true`,
  });
}

/** GET of an operation on a VM; with `monitor=true` the form that `Location` points to. */
export const pollMachineOperation: Handler = (call, world) => {
  const id = call.route.names.at(-1)?.toLowerCase() ?? '';
  const operation = world.machines.byId.get(id);
  if (operation === undefined) {
    return machineError(404, 'NotFound', `The operation ${id} was not found.`);
  }
  const isRunning = operation.status === 'InProgress';
  const headers: Record<string, string> = isRunning
    ? { 'retry-after': String(world.settings.retryAfterS) }
    : {};
  if (call.query.get('monitor') === 'true') {
    return empty(
      isRunning ? 202 : 204,
      isRunning ? { ...headers, location: call.request.url } : {},
    );
  }
  const { startedAtMs, endedAtMs, status, error } = operation;
  const body = {
    startTime: computeTime(startedAtMs),
    ...(endedAtMs === undefined ? {} : { endTime: computeTime(endedAtMs) }),
    status,
    ...(error === undefined ? {} : { error }),
    name: operation.id,
  };
  return answer(200, body, headers);
};

/** A moment as Compute prints it: seven places, offset instead of Z. */
export function computeTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '0000+00:00');
}
