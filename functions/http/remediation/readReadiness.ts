import { problem, type Problem, refusalProblem } from '../../../shared/contract/problem';
import { readinessQuery } from '../../../shared/contract/remediation/readinessQuery';
import { readinessView } from '../../../shared/contract/remediation/readinessView';
import type { Caller } from '../../../shared/domain/caller/caller';
import { refusal } from '../../../shared/domain/refusal';
import { readinessOf } from '../../../shared/domain/remediation/readiness/readinessOf';
import { nowOfWorld } from '../../../shared/nowOfWorld';
import type { World } from '../../../shared/ports/world';
import { accessOf } from '../access';
import { json } from '../answer';
import type { CallerHandler } from '../asCaller';
import { rightOf } from './asOperator';
import { readinessKnowledge } from './readinessKnowledge';

/**
 * `GET /api/readiness?vm=ID`: whether somebody could sign in to a VM with Entra ID, part by part,
 * read now. For operators and auditors, and for whoever administers the VM. It changes nothing, and
 * needs no remediator.
 */
export function readReadiness(world: World): CallerHandler {
  return async ({ url }, caller) => {
    const asked = readinessQuery(new URL(url).searchParams);
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    if (!(await maySee(world, caller, asked.vm))) return notSeen(caller);
    const knowledge = await readinessKnowledge(world, asked.vm);
    if (knowledge === null) return noSuchVm();
    const now = nowOfWorld(world);
    return json(readinessView(readinessOf(asked.vm, knowledge, now), now.hostMs));
  };
}

async function maySee(world: World, caller: Caller, vmId: string): Promise<boolean> {
  return rightOf(world, caller) !== 'none' || accessOf(world, caller).administers([vmId]);
}

/** Nobody learns whether there is a VM that they may not see. */
function notSeen(caller: Caller): Problem {
  return caller.hasMoreGroups === true ? refusalProblem(refusal('groupsOverage')) : noSuchVm();
}

function noSuchVm(): Problem {
  return problem(
    'notFound',
    'There is no such VM, or it is not yours to see.',
    'Write its whole id; Owner at the VM, or an operator of the remediation, may see it.',
  );
}
