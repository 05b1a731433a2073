import type { Crossing } from '../boundaries';
import type { Dice } from '../dice';
import { partsOf } from '../oracle/history';
import { windowIdFor } from '../oracle/ids';
import type { FaultKind, Stage } from '../stage';
import { standing } from './editors';
import { removeActivation } from './removeActivation';
import { minute } from '../units';

const isRuleWrite = ({ kind, name }: Crossing): boolean =>
  kind === 'request' && /^(?:put|delete) securityrules$/.test(name);
const isPut = ({ kind, name }: Crossing): boolean =>
  kind === 'request' && name === 'put securityrules';

/** A write is under way for so long when somebody asks for something else. */
const underWayMs = 3_000;

/** Whose window a rule belongs to. */
function windowOf({ subject }: Crossing): string {
  return partsOf(subject.slice(subject.lastIndexOf('/') + 1))?.windowId ?? '';
}

function giveBack(stage: Stage, windowId: string): void {
  const { pim } = stage.simulation().azure;
  const activation = pim
    .truth()
    .find((one) => windowIdFor(one.roleAssignmentId, Date.parse(one.startAt)) === windowId);
  if (activation === undefined || activation.endedEarlyAt !== undefined) return;
  removeActivation(stage, activation);
}

function meanwhile(
  name: string,
  on: (crossing: Crossing) => boolean,
  act: (stage: Stage, windowId: string, dice: Dice) => void,
): FaultKind {
  return {
    name,
    group: 'people',
    aim: 'opening',
    times: [1, 2],
    skip: 1,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(fault, on, (crossing) => ({
        at: 'unacknowledged',
        deed: {
          do: 'delay',
          ms: underWayMs,
          meanwhile: () => act(stage, windowOf(crossing), dice),
        },
      }));
    },
  };
}

/** An administrator gives an activation that stands another end; nothing tells of it but PIM's lists. */
function movesEnd(
  name: string,
  to: (endMs: number, stage: Stage, dice: Dice) => number | null,
): FaultKind {
  return {
    name,
    group: 'people',
    aim: 'opened',
    onlyNamed: true,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.at(fault.atMs, () => {
        const { pim } = stage.simulation().azure;
        const meant = pim
          .truth()
          .filter(({ movedEnds, endedEarlyAt }) => !movedEnds && !endedEarlyAt)
          .flatMap((one) => {
            const moved = to(Date.parse(one.endAt), stage, dice);
            return moved === null || Date.parse(one.endAt) <= stage.clock.now()
              ? []
              : [{ one, moved }];
          });
        if (meant.length === 0) return;
        const { one, moved } = dice.pick(meant);
        const { principalId: person, roleDefinitionGuid: role, scope } = one;
        stage.took(fault);
        pim.adminUpdate({ person, role, scope, endAt: new Date(moved).toISOString() });
      });
    },
  };
}

/** What people do in the worst of moments. */
export const peopleFaults: readonly FaultKind[] = [
  meanwhile('asked to close while a write is under way', isRuleWrite, (stage, windowId, dice) => {
    stage.ask(windowId, null, { startLost: dice.chance(0.5) });
  }),
  meanwhile('asked for more while a write is under way', isPut, (stage, windowId, dice) => {
    const untilMs = dice.int(7, 14) * minute;
    stage.ask(windowId, stage.clock.now() + untilMs, { startLost: dice.chance(0.5) });
  }),
  meanwhile('given back while a write is under way', isPut, giveBack),
  {
    name: 'all asked to close at once',
    group: 'people',
    aim: 'open',
    onlyNamed: true,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        const names = standing(stage).map(({ rule }) => rule.name);
        const ids = new Set(names.map((name) => partsOf(name)?.windowId ?? ''));
        if (ids.size === 0) return;
        stage.took(fault);
        for (const id of ids) stage.ask(id, null);
      });
    },
  },
  movesEnd('end made an earlier one', (endMs, { clock }, dice) => {
    const leftMs = endMs - clock.now() - minute;
    return leftMs < 4 * minute ? null : clock.now() + dice.int(4 * minute, leftMs);
  }),
  movesEnd('end made a later one', (endMs, { plan }, dice) => {
    // Not beyond the run, or nobody would see what becomes of it.
    const leftMs = plan.startMs + plan.calmAtMs - minute - endMs;
    return leftMs < minute ? null : endMs + dice.int(minute, leftMs);
  }),
  {
    name: 'host dies after a PUT, and the window is given up',
    group: 'process',
    aim: 'opening',
    times: [1, 2],
    skip: 1,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(fault, isPut, (crossing) => {
        const downMs = dice.int(1_000, 3_000);
        const windowId = windowOf(crossing);
        const atMs = stage.clock.now() + downMs + dice.int(100, 2_000);
        stage.clock.at(atMs, () => {
          if (stage.simulation().isRunning()) stage.ask(windowId, null);
        });
        return { at: 'unacknowledged', deed: { do: 'die', who: 'host', downMs } };
      });
    },
  },
];
