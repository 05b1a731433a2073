import type { ArmResponse } from '../contract';
import type { Call, World } from './call';
import { serviceError } from './http';
import type { NsgState } from './nsgState';
import type { OperationKind } from './operations';
import { printedOperation, supersede } from './operations';

/**
 * Azure runs one operation at a time on an NSG. Returns the refusal of a second one, or `undefined`
 * where the way is free: because it is idle, or because a rule PUT has just overtaken another.
 *
 * Texts: Azure/azure-sdk-for-python#556, Azure/sap-automation#1052, and a public Terraform log.
 */
export function refuseWhileBusy(
  call: Call,
  world: World,
  nsg: NsgState,
  kind: OperationKind,
): ArmResponse | undefined {
  const running = nsg.operation;
  if (running === undefined) return undefined;
  const { whenBusy } = world.settings;
  const choice = typeof whenBusy === 'function' ? whenBusy(world.chance) : whenBusy;
  const bothPutRules =
    kind === 'PutSecurityRuleOperation' && running.kind === 'PutSecurityRuleOperation';
  if (choice === 'supersede' && bothPutRules) {
    call.operationId = world.guid();
    supersede(running, printedOperation(kind, call.operationId), world);
    return undefined;
  }
  if (choice === 'conflict') {
    const subscription = nsg.id.split('/')[2] ?? '';
    return serviceError(
      409,
      'AnotherOperationInProgress',
      'Another operation on this or dependent resource is in progress. To retrieve status of the ' +
        `operation use uri: ${call.origin}/subscriptions/${subscription}/providers/` +
        `Microsoft.Network/locations/${nsg.location}/operations/${running.id}` +
        `?api-version=${call.apiVersion}.`,
    );
  }
  const seconds = Math.max(1, Math.ceil((running.endsAtMs - Date.now()) / 1_000));
  return serviceError(
    429,
    'RetryableError',
    // The service's own spelling.
    'A retryable error occured.',
    [
      {
        code: 'RetryableErrorDueToAnotherOperation',
        message:
          `Operation ${printedOperation(running.kind, running.id)} is updating resource ` +
          `${nsg.id}. The call can be retried in ${seconds} seconds.`,
      },
    ],
    world.settings.hasBusyRetryAfter ? { 'retry-after': String(seconds) } : {},
  );
}

/**
 * `If-Match` as the Network provider honours it on other resources
 * (kubernetes-sigs/cloud-provider-azure#9729). Unproved on rules: the app must not rely on it.
 */
export function refuseStaleEtag(call: Call, nsg: NsgState): ArmResponse | undefined {
  const wanted = call.request.headers['if-match'];
  const current = `W/"${nsg.etag}"`;
  if (wanted === undefined || wanted === '*' || wanted === current) return undefined;
  return serviceError(412, 'PreconditionFailed', 'Precondition failed.', [
    {
      code: 'PreconditionFailedEtagMismatch',
      message:
        `Etag provided in if-match header ${wanted} does not match etag ${current} of resource ` +
        `${nsg.id} in NRP data store.`,
    },
  ]);
}
