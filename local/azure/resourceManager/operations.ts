import type { ArmResponse, WriteRecord } from '../contract';
import type { Call, Handler, OperationEnd, World } from './call';
import { answer, answerText, empty, serviceError } from './http';
import type { NsgState } from './nsgState';
import { touch } from './nsgState';
import { drawn } from './settings';

/** Names that the Network provider gives its operations in messages. */
export type OperationKind =
  | 'PutSecurityRuleOperation'
  | 'DeleteSecurityRuleOperation'
  | 'PutNetworkSecurityGroupOperation'
  | 'DeleteNetworkSecurityGroupOperation';

type PollStatus = 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';

/** What an operation does to the store, besides ETag and provisioning state. */
export type NsgChange = {
  /** At acceptance: Resource Manager shows the goal. */
  show(): void;
  /** The goal is given up: what was shown before comes back. */
  takeBack(): void;
  /** At the end: Resource Manager shows the end state. */
  finish(): void;
  /** The network does it. */
  takeEffect(): void;
  /** What the write log keeps, read from the store at the end. */
  valueNow(): unknown;
};

/** A running or finished operation on an NSG. */
export type NsgOperation = {
  id: string;
  kind: OperationKind;
  nsg: NsgState;
  location: string;
  startedAtMs: number;
  endsAtMs: number;
  status: PollStatus;
  error?: OperationEnd['error'];
  planned?: OperationEnd;
  change: NsgChange;
  record: WriteRecord | undefined;
  timer?: ReturnType<typeof setTimeout>;
};

/** All operations by id, and what happens when one ends. */
export type OperationTable = {
  byId: Map<string, NsgOperation>;
  /** Called with the record of an accepted write once it has ended. */
  settled: (record: WriteRecord) => void;
  timers: Set<ReturnType<typeof setTimeout>>;
};

/** An empty table. */
export function createOperationTable(settled: (record: WriteRecord) => void): OperationTable {
  return { byId: new Map(), settled, timers: new Set() };
}

/** How long a kind of operation takes. */
function durationMs(kind: OperationKind, { settings, chance }: World): number {
  const { latency } = settings;
  const byKind = {
    PutSecurityRuleOperation: latency.rulePut,
    DeleteSecurityRuleOperation: latency.ruleDelete,
    PutNetworkSecurityGroupOperation: latency.nsgPut,
    DeleteNetworkSecurityGroupOperation: latency.nsgDelete,
  };
  return drawn(byKind[kind], chance);
}

/** Starts an operation on an idle NSG: new ETag, `Updating` everywhere, its end on a timer. */
export function beginOperation(
  call: Call,
  world: World,
  nsg: NsgState,
  kind: OperationKind,
  change: NsgChange,
  end: OperationEnd | undefined = call.operationEnd,
): NsgOperation {
  const now = Date.now();
  const operation: NsgOperation = {
    id: call.operationId ?? world.guid(),
    kind,
    nsg,
    location: nsg.location,
    startedAtMs: now,
    endsAtMs: now + durationMs(kind, world),
    status: 'InProgress',
    ...(end === undefined ? {} : { planned: end }),
    change,
    record: call.record,
  };
  world.operations.byId.set(operation.id, operation);
  nsg.operation = operation;
  change.show();
  stamp(nsg, world, kind === 'DeleteNetworkSecurityGroupOperation' ? 'Deleting' : 'Updating');
  operation.timer = after(world, operation.endsAtMs - now, () => endOperation(operation, world));
  return operation;
}

/** Gives the NSG and all its rules one new ETag and state. */
export function stamp(
  nsg: NsgState,
  world: World,
  provisioningState: NsgState['provisioningState'],
): void {
  nsg.etag = world.guid();
  nsg.provisioningState = provisioningState;
  touch(nsg);
}

function after(world: World, ms: number, work: () => void): ReturnType<typeof setTimeout> {
  const { timers } = world.operations;
  const timer = setTimeout(() => {
    timers.delete(timer);
    work();
  }, ms);
  timers.add(timer);
  return timer;
}

function endOperation(operation: NsgOperation, world: World): void {
  const { nsg, planned } = operation;
  delete nsg.operation;
  if (planned === undefined) {
    operation.status = 'Succeeded';
    land(operation, world, 'succeeded');
  } else {
    giveUp(operation, world, planned);
  }
  stamp(nsg, world, 'Succeeded');
}

/** Ends an operation before its time because a later one overtook it. */
export function supersede(operation: NsgOperation, by: string, world: World): void {
  clearTimeout(operation.timer);
  if (operation.timer !== undefined) world.operations.timers.delete(operation.timer);
  delete operation.nsg.operation;
  const { supersededLands } = world.settings;
  const lands =
    typeof supersededLands === 'boolean' ? supersededLands : supersededLands(world.chance);
  giveUp(operation, world, {
    status: 'Canceled',
    error: {
      code: 'Canceled',
      message: 'Operation was canceled.',
      details: [
        {
          code: 'CanceledAndSupersededDueToAnotherOperation',
          message:
            `Operation ${operation.kind} (${operation.id}) was canceled and superseded by ` +
            `operation ${by}.`,
        },
      ],
    },
    lands,
  });
}

function giveUp(operation: NsgOperation, world: World, end: OperationEnd): void {
  operation.status = end.status;
  operation.error = end.error;
  const outcome = end.status === 'Failed' ? 'failed' : 'canceled';
  if (operation.record !== undefined) {
    operation.record.code = end.error.details?.[0]?.code ?? end.error.code;
  }
  if (end.lands === true) {
    land(operation, world, outcome);
    return;
  }
  operation.change.takeBack();
  settle(operation, world, outcome);
}

function land(
  operation: NsgOperation,
  world: World,
  outcome: NonNullable<WriteRecord['outcome']>,
): void {
  const { change, record } = operation;
  change.finish();
  const value = change.valueNow();
  const takeEffect = (): void => {
    change.takeEffect();
    if (record !== undefined) {
      record.effectiveAt = new Date().toISOString();
      record.after = value;
    }
    settle(operation, world, outcome);
  };
  const propagationMs = drawn(world.settings.latency.propagation, world.chance);
  if (propagationMs > 0) after(world, propagationMs, takeEffect);
  else takeEffect();
}

function settle(
  { record, change }: NsgOperation,
  world: World,
  outcome: NonNullable<WriteRecord['outcome']>,
): void {
  if (record === undefined) return;
  record.outcome = outcome;
  if (record.effectiveAt === undefined) record.after = change.valueNow();
  world.operations.settled(record);
}

/** `PutSecurityRuleOperation (id)`, as messages name an operation. */
export function printedOperation(kind: OperationKind, id: string): string {
  return `${kind} (${id})`;
}

/** The URL of an operation, for `Azure-AsyncOperation` or (results) `Location`. */
function operationUrl(call: Call, operation: NsgOperation, kind: string): string {
  const subscription = operation.nsg.id.split('/')[2] ?? '';
  return (
    `${call.origin}/subscriptions/${subscription}/providers/Microsoft.Network/locations/` +
    `${operation.location}/${kind}/${operation.id}?api-version=${call.apiVersion}`
  );
}

/** Headers of an accepted PUT. */
export function putHeaders(
  call: Call,
  operation: NsgOperation,
  world: World,
): Record<string, string> {
  return {
    'azure-asyncoperation': operationUrl(call, operation, 'operations'),
    'retry-after': String(world.settings.retryAfterS),
  };
}

/** The answer to an accepted DELETE: 202, empty, both headers. */
export function deleteAccepted(call: Call, operation: NsgOperation, world: World): ArmResponse {
  return empty(202, {
    ...putHeaders(call, operation, world),
    location: operationUrl(call, operation, 'operationResults'),
  });
}

/** GET of `…/locations/{location}/operations/{id}`. */
export const pollOperation: Handler = (call, world) => {
  const operation = world.operations.byId.get(call.route.names.at(-1)?.toLowerCase() ?? '');
  if (operation === undefined) return operationNotFound(call);
  if (operation.status === 'InProgress') {
    return answerText(200, '{"status":"InProgress"}', {
      'retry-after': String(world.settings.retryAfterS),
    });
  }
  const { status, error } = operation;
  return answer(200, error === undefined ? { status } : { status, error });
};

/** GET of `…/locations/{location}/operationResults/{id}`: 202 while it runs, then 204 or the error. */
export const pollOperationResult: Handler = (call, world) => {
  const operation = world.operations.byId.get(call.route.names.at(-1)?.toLowerCase() ?? '');
  if (operation === undefined) return operationNotFound(call);
  if (operation.status === 'InProgress') {
    return empty(202, {
      location: `${call.origin}${call.path}?api-version=${call.apiVersion}`,
      'retry-after': String(world.settings.retryAfterS),
    });
  }
  const { error } = operation;
  if (error === undefined) return empty(204);
  return serviceError(409, error.code, error.message, error.details);
};

function operationNotFound(call: Call): ArmResponse {
  const id = call.route.names.at(-1) ?? '';
  return serviceError(404, 'OperationNotFound', `Operation ${id} not found.`);
}
