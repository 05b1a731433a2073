import { administratorLogin, userLogin } from '../../local/tenant';
import { vmId } from '../../local/estate';
import { PimError } from '../../local/azure/pim/errors';
import { windowIdFor } from './oracle/ids';
import type { Visit, Wish } from './plan';
import { groupScope, sameName } from './estate';
import type { Stage } from './stage';

/** People: they activate, give back, wait for approval. A refusal of PIM's is an answer like any other. */
export function installVisits(stage: Stage, told: (what: string) => void): void {
  for (const [at, visit] of stage.plan.visits.entries()) {
    const { person, scope, role } = visit;
    const target = {
      person: stage.people[person]?.objectId ?? '',
      role: role === 'user' ? userLogin : administratorLogin,
      scope: scope === 'group' ? groupScope : vmId(`vm-${scope + 1}`),
    };
    let request = '';
    stage.clock.at(stage.plan.startMs + visit.atMs, () =>
      attempt(told, `visit ${at}: activates`, () => {
        request = activate(stage, visit, target);
      }),
    );
    if (visit.approval === 'given') {
      stage.clock.at(stage.plan.startMs + visit.atMs + 20_000, () =>
        attempt(told, `visit ${at}: is approved`, () =>
          stage.simulation().azure.pim.approve(request),
        ),
      );
    }
    if (visit.wish !== null) installWish(stage, visit.wish, () => request);
    if (visit.deactivateAtMs !== null) {
      stage.clock.at(stage.plan.startMs + visit.deactivateAtMs, () =>
        attempt(told, `visit ${at}: gives the role back`, () =>
          stage.simulation().azure.pim.deactivate(target),
        ),
      );
    }
  }
}

/** Whatever PIM refuses is told, and that is all. */
function attempt(told: (what: string) => void, what: string, act: () => void): void {
  try {
    act();
    told(what);
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    told(`${what} refused, ${error.code}`);
  }
}

/** Who holds the role without having activated it, or a role that is only called so. */
export function installOthers(stage: Stage, told: (what: string) => void): void {
  for (const { kind, person, atMs } of stage.plan.others) {
    stage.clock.at(stage.plan.startMs + atMs, () => {
      const { pim } = stage.simulation().azure;
      const objectId = stage.people[person]?.objectId ?? '';
      const target = { person: objectId, role: administratorLogin, scope: groupScope };
      attempt(told, `somebody: ${kind}`, () => {
        if (kind === 'assigned') pim.plainAssignment(target);
        if (kind === 'assigned by PIM') pim.assignActive({ ...target, duration: 'PT1H' });
        if (kind === 'same name') {
          const { guid: roleDefinitionGuid } = sameName;
          pim.makeEligible({ principalId: objectId, roleDefinitionGuid, scope: groupScope });
          pim.activate({ ...target, role: roleDefinitionGuid, durationMs: 900_000 });
        }
      });
    });
  }
}

/** Asks the app itself for an early end or a later one, while it runs. */
function installWish(stage: Stage, wish: Wish, requestName: () => string): void {
  stage.clock.at(stage.plan.startMs + wish.atMs, () => {
    const { azure } = stage.simulation();
    const truth = azure.pim.truth().find((one) => one.requestName === requestName());
    if (truth === undefined || !stage.simulation().isRunning()) return;
    const windowId = windowIdFor(truth.roleAssignmentId, Date.parse(truth.startAt));
    const until = stage.plan.startMs + wish.untilMs;
    stage.ask(windowId, wish.kind === 'close' ? null : until);
  });
}

function activate(
  stage: Stage,
  { lengthMs, approval, role }: Visit,
  target: { person: string; role: string; scope: string },
): string {
  const { pim } = stage.simulation().azure;
  if (role === 'user') {
    const { person: principalId, role: roleDefinitionGuid } = target;
    pim.makeEligible({ principalId, roleDefinitionGuid, scope: groupScope });
  }
  const { requestName } = pim.activate({
    ...target,
    durationMs: lengthMs,
    ...(approval === 'none' ? {} : { approvalRequired: true }),
  });
  return requestName;
}
