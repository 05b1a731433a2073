import type { Failure } from './failure';

const errors = 'https://learn.microsoft.com/azure/virtual-machines/error-messages';
const common =
  'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors';
const throttling =
  'https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling';

/**
 * What Resource Manager and the compute provider answer to the writes of the remediator, or report
 * of them later. The first row that fits counts: all that a row names has to be there.
 */
export const armFailures = {
  asOf: '2025-12',
  rows: [
    // The status first: with 429, OperationNotAllowed is a throttle; with 409 it is a state.
    {
      status: 429,
      name: 'throttled',
      cause: 'More was asked of Azure in this time than it admits.',
      next: 'Nothing: it is asked again.',
      retry: 'soon',
      reason: 'unreachable',
      source: throttling,
    },
    {
      codes: ['OperationNotAllowed'],
      text: /when the vm is not running/i,
      name: 'vmNotRunning',
      cause: 'The VM was not running.',
      next: 'Nothing: it is looked at again each night.',
      retry: 'nextNight',
      reason: 'stoppedMeanwhile',
      source: errors,
    },
    {
      codes: ['OperationNotAllowed'],
      text: /extension operations are disallowed/i,
      name: 'extensionsDisallowed',
      cause: 'The VM has no agent, or its profile forbids extensions.',
      next: 'Install the agent, or allow extension operations in the profile.',
      retry: 'afterFix',
      reason: 'extensionsDisallowed',
      source: errors,
    },
    {
      codes: ['OperationNotAllowed'],
      text: /in failed state/i,
      name: 'otherExtensionFailed',
      cause: 'Another extension of the VM has failed and keeps new ones out.',
      next: 'Mend or remove the extension that the message names.',
      retry: 'afterFix',
      reason: 'refused',
      source: errors,
    },
    {
      codes: ['OperationNotAllowed'],
      text: /cannot update handlerversion/i,
      name: 'otherHandlerVersion',
      cause: 'The extension is there with another handler version.',
      next: 'Nothing: the next night asks for the version that is there.',
      retry: 'nextNight',
      reason: 'refused',
      source: 'https://github.com/Azure/azure-rest-api-specs/issues/17102',
    },
    {
      codes: ['OperationNotAllowed'],
      text: /another operation is in progress/i,
      name: 'anotherOperation',
      cause: 'Another operation was running on the VM.',
      next: 'Nothing: it is asked again.',
      retry: 'soon',
      reason: 'extensionBusy',
      source: errors,
    },
    {
      codes: [
        'Conflict',
        'AnotherOperationInProgress',
        'RetryableError',
        'RetryableErrorDueToAnotherOperation',
        'ReferencedResourceNotProvisioned',
        'CanceledAndSupersededDueToAnotherOperation',
      ],
      name: 'anotherOperation',
      cause: 'Somebody else was changing the VM.',
      next: 'Nothing: it is asked again.',
      retry: 'soon',
      reason: 'extensionBusy',
      source: errors,
    },
    {
      codes: ['OperationNotAllowed'],
      name: 'OperationNotAllowed',
      cause: 'The state of the VM does not allow the write.',
      next: 'See the message of Azure.',
      retry: 'nextNight',
      reason: 'refused',
      source: errors,
    },
    {
      codes: ['BadRequest'],
      text: /multiple vmextensions per handler/i,
      name: 'secondNameOfHandler',
      cause: 'The extension is there under another name, and there can be only one of its kind.',
      next: 'Nothing: the next night finds it under its own name.',
      retry: 'nextNight',
      reason: 'refused',
      source: errors,
    },
    {
      codes: ['ArtifactNotFound'],
      name: 'ArtifactNotFound',
      cause: 'The region of the VM does not offer the extension.',
      next: 'List the extension types of the region, and opt its machines out if it is not there.',
      retry: 'afterFix',
      reason: 'refused',
      source: errors,
    },
    {
      codes: ['ArtifactVersionNotFound'],
      name: 'ArtifactVersionNotFound',
      cause: 'The region of the VM does not offer this version of the extension.',
      next: 'List the versions of the region; remove an extension that asks for one long gone.',
      retry: 'afterFix',
      reason: 'refused',
      source: errors,
    },
    {
      codes: ['VMAgentStatusCommunicationError'],
      onVm: true,
      name: 'VMAgentStatusCommunicationError',
      cause: 'The agent of the VM has not reported.',
      next: 'See that the OS is healthy, the agent runs, and Azure storage can be reached.',
      retry: 'soon',
      reason: 'agentNotReady',
      source: errors,
    },
    {
      codes: ['VMExtensionProvisioningTimeout'],
      onVm: true,
      name: 'VMExtensionProvisioningTimeout',
      cause: 'The extension did not come to an end within the 90 minutes that Azure gives it.',
      next: 'Look at the agent on the VM; another extension may hold it up.',
      retry: 'nextNight',
      reason: 'neverEnded',
      source: errors,
    },
    {
      codes: ['LinkedAuthorizationFailed'],
      text: /userassignedidentities/i,
      name: 'LinkedAuthorizationFailed',
      cause: 'The remediator may not assign the user-assigned identities that the VM keeps.',
      next: 'Give it Managed Identity Operator on them, or take the tag of the owner away.',
      retry: 'afterFix',
      reason: 'identityForbidden',
      source: common,
    },
    {
      codes: ['AuthorizationFailed', 'LinkedAuthorizationFailed'],
      name: 'AuthorizationFailed',
      cause: 'The remediator lacks a role for the write.',
      next: 'Give its identity the role of the remediator at this scope.',
      retry: 'afterFix',
      reason: 'forbidden',
      source: common,
    },
    {
      codes: ['ScopeLocked'],
      name: 'ScopeLocked',
      cause: 'A lock on the VM or above it forbids the write.',
      next: 'Take the lock away, or opt the VM out.',
      retry: 'afterFix',
      reason: 'locked',
      source: 'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
    },
    {
      codes: ['RequestDisallowedByPolicy'],
      name: 'RequestDisallowedByPolicy',
      cause: 'An assignment of Azure Policy denies the write.',
      next: 'Exempt the extension or the VM from the assignment that the message names.',
      retry: 'afterFix',
      reason: 'refusedByPolicy',
      source: common,
    },
    {
      codes: ['PreconditionFailed', 'PreconditionFailedEtagMismatch'],
      name: 'PreconditionFailed',
      cause: 'Somebody else changed the VM between our read and our write.',
      next: 'Nothing: it is read again.',
      retry: 'soon',
      reason: 'changedByOthers',
      source: 'https://learn.microsoft.com/rest/api/compute/virtual-machines/update',
    },
    {
      codes: [
        'ResourceNotFound',
        // Of a write to its extension.
        'ParentResourceNotFound',
        'ResourceGroupNotFound',
        'SubscriptionNotFound',
        'NotFound',
      ],
      name: 'ResourceNotFound',
      cause: 'The VM, its group or its subscription is gone.',
      next: 'Nothing.',
      retry: 'never',
      reason: 'vanished',
      source: common,
    },
    {
      codes: ['ReadOnlyDisabledSubscription'],
      name: 'ReadOnlyDisabledSubscription',
      cause: 'The subscription is disabled and can only be read.',
      next: 'Turn the subscription on again, or take it out of the scopes.',
      retry: 'afterFix',
      reason: 'refused',
      source:
        'https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states',
    },
    // What the status says where no code does.
    {
      status: 401,
      name: 'unauthenticated',
      cause: 'Azure did not take the token of the remediator.',
      next: 'Nothing: it is asked again with another.',
      retry: 'soon',
      reason: 'unreachable',
      source: common,
    },
    {
      status: 403,
      name: 'forbidden',
      cause: 'Azure forbids the write.',
      next: 'See the message of Azure; roles, policies and deny assignments can be the cause.',
      retry: 'afterFix',
      reason: 'forbidden',
      source: common,
    },
    {
      status: 412,
      name: 'PreconditionFailed',
      cause: 'Somebody else changed the VM between our read and our write.',
      next: 'Nothing: it is read again.',
      retry: 'soon',
      reason: 'changedByOthers',
      source: 'https://learn.microsoft.com/rest/api/compute/virtual-machines/update',
    },
  ],
} as const satisfies { readonly asOf: string; readonly rows: readonly ArmFailure[] };

export type ArmFailure = Failure & {
  readonly status?: number;
  /** One of these, without case. */
  readonly codes?: readonly string[];
  readonly text?: RegExp;
  /** The machine itself can tell more. */
  readonly onVm?: true;
};
