import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { problem, type Problem, refusalProblem } from '../../../shared/contract/problem';
import type { Caller } from '../../../shared/domain/caller/caller';
import { remediationRight } from '../../../shared/domain/caller/operator';
import { refusal } from '../../../shared/domain/refusal';
import type { Remediation } from '../../../shared/ports/remediation';
import type { World } from '../../../shared/ports/world';
import type { CallerHandler } from '../asCaller';

/** What a door of the remediation does for somebody who may. */
type NightHandler = (
  request: HttpRequest,
  caller: Caller,
  night: Remediation,
) => Promise<HttpResponseInit>;

/** A door for those whom policy names as operators of the remediation. */
export function asOperator(world: World, handle: NightHandler): CallerHandler {
  return within(world, ['operator'], handle);
}

/** A door for operators, and for auditors, who read what was done. */
export function asReader(world: World, handle: NightHandler): CallerHandler {
  return within(world, ['operator', 'reader'], handle);
}

function within(
  world: World,
  allowed: readonly ReturnType<typeof remediationRight>[],
  handle: NightHandler,
): CallerHandler {
  return async (request, caller) => {
    const { remediation } = world;
    // Whoever may do nothing here learns no more than that.
    if (!allowed.includes(rightOf(world, caller))) return notAllowed(caller, allowed.length > 1);
    if (remediation === null) return notOffered();
    if ('faults' in remediation) return disabled();
    return handle(request, caller, remediation);
  };
}

/** What the caller is to the remediation; nobody is anything while policy cannot be read. */
export function rightOf({ opening }: Pick<World, 'opening'>, caller: Caller) {
  return remediationRight('policy' in opening ? opening.policy : null, caller);
}

/** The version of the policy that let somebody in; empty where there is none. */
export function policyVersionOf({ opening }: Pick<World, 'opening'>): string {
  return 'policy' in opening ? opening.policy.version : '';
}

/** The answer to whoever may not; `toRead`: reading is what was asked for. */
export function notAllowed(caller: Caller, toRead: boolean): Problem {
  if (caller.hasMoreGroups === true) return refusalProblem(refusal('groupsOverage'));
  return toRead
    ? problem(
        'notAReader',
        'What the remediation does is for its operators, and for auditors, to read.',
        'Ask the owner of the policy: remediation.operators, or auditors.',
      )
    : problem(
        'notAnOperator',
        'Policy does not name you as an operator of the remediation.',
        'Ask the owner of the policy: remediation.operators.',
      );
}

function notOffered(): Problem {
  return problem(
    'remediationNotOffered',
    'This app asks no remediator: REMEDIATION_QUEUE is not set.',
    'Deploy the remediator app, name its queue in REMEDIATION_QUEUE, and start this app again.',
  );
}

function disabled(): Problem {
  return problem(
    'remediationDisabled',
    'The settings of the remediation are not in order.',
    'GET /api/health names the faults; correct them and start the app again.',
  );
}
