import type { ActivationTruth } from '../../../local/azure/contract';
import type { GridKnobs } from '../../../local/azure/eventGrid/types';
import type { FaultKind, Stage } from '../stage';
import type { FaultPlan } from '../plan';
import type { Dice } from '../dice';
import { guidFrom } from '../guids';
import { partsOf } from '../oracle/history';
import { standing } from './editors';
import { removeActivation } from './removeActivation';
import { turnFor } from './turnFor';

function knob(name: string, changes: Partial<GridKnobs>): FaultKind {
  return {
    name,
    group: 'events',
    aim: 'opening',
    forMs: [60_000, 900_000],
    install: (stage, fault) => {
      stage.at(Math.max(0, fault.atMs - 10_000), () => {
        stage.took(fault, fault.forMs);
        turnFor(stage, stage.simulation().azure.eventGrid.knobs, changes, fault.forMs);
      });
    },
  };
}

type Posted = Record<string, unknown>;

/** Posts bodies to the app's own door, as whoever holds the key could. */
function posting(
  name: string,
  aim: FaultKind['aim'],
  make: (stage: Stage, fault: FaultPlan, seen: Posted[]) => unknown,
): FaultKind {
  return {
    name,
    group: 'events',
    aim,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const seen = stage.delivered.map(firstOf);
        const body = make(stage, fault, seen);
        if (body === undefined || !stage.simulation().isRunning()) return;
        stage.took(fault);
        void post(stage, JSON.stringify(body));
      });
    },
  };
}

const isWrite = (event: Posted): boolean => JSON.stringify(event).includes('roleAssignments/write');

/** A question of two minutes, and a little more. */
const judgedMs = 150_000;
const silentMs = 60_000;

/** The event of a role assignment's end, made out of that of its beginning. */
function deleteOutOf(written: Posted, dice: Dice): Posted {
  const text = JSON.stringify(written).replaceAll(
    'roleAssignments/write',
    'roleAssignments/delete',
  );
  const event = JSON.parse(text) as Posted;
  return { ...event, id: guidFrom(dice), eventType: deleteType, type: deleteType };
}

/** The activation that an event tells of, if it stands. */
function standingBehind(stage: Stage, event: Posted): ActivationTruth | undefined {
  const text = JSON.stringify(event).toLowerCase();
  return stage
    .simulation()
    .azure.pim.truth()
    .find(
      ({ roleAssignmentId, endedEarlyAt, endAt }) =>
        text.includes(roleAssignmentId.toLowerCase()) &&
        endedEarlyAt === undefined &&
        Date.parse(endAt) > stage.clock.now(),
    );
}

/** An administrator removes an activation, and Event Grid delivers nothing of it. */
function removeInSilence(stage: Stage, one: ActivationTruth): void {
  if (Date.parse(one.endAt) <= stage.clock.now()) return;
  turnFor(stage, stage.simulation().azure.eventGrid.knobs, { lossChance: 1 }, silentMs);
  removeActivation(stage, one);
}

/** The same event under another id, as whoever has seen it can send it. */
function otherIds(body: string, dice: Dice): string {
  const { id: _id, ...rest } = firstOf(body);
  return JSON.stringify([{ ...rest, id: guidFrom(dice) }]);
}

/** The first event of a body. */
export function firstOf(body: string): Posted {
  const parsed: unknown = JSON.parse(body);
  return (Array.isArray(parsed) ? parsed[0] : parsed) as Posted;
}

/** Resolves to whether it was taken: what was not comes again, or goes to the poisoned ones. */
export async function post(stage: Stage, body: string): Promise<boolean> {
  const simulation = stage.simulation();
  const host = simulation.host();
  if (stage.plan.door === 'queue') {
    const message = { text: body, id: 'posted' };
    const delivery = await host.queueMessage('activationQueued', message).catch(() => undefined);
    return delivery?.outcome === 'done';
  }
  const headers = {
    'content-type': 'application/json',
    'aeg-event-type': 'Notification',
    'aeg-subscription-name': 'ACTIVATIONS',
  };
  const answer = await host.eventGrid('activationReceived', headers, body).catch(() => undefined);
  return answer !== undefined && answer.status < 300;
}

/** What Event Grid, or somebody with its key, does with events. */
export const eventFaults: readonly FaultKind[] = [
  knob('events duplicated', { duplicateChance: 1 }),
  knob('events out of order', { reorderMs: 30_000 }),
  knob('events lost', { lossChance: 0.5 }),
  knob('events minutes late', { delayMs: 150_000 }),
  posting('event again, hours late', 'ending', (stage, fault, seen) =>
    seen.length === 0 ? undefined : [stage.dice(fault).pick(seen)],
  ),
  {
    name: 'event again after an early end',
    group: 'events',
    aim: 'opened',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const dice = stage.dice(fault);
        const rules = standing(stage);
        if (rules.length === 0 || !stage.simulation().isRunning()) return;
        const windowId = partsOf(dice.pick(rules).rule.name)?.windowId ?? '';
        stage.ask(windowId, null);
        // Closed by then, and perhaps enough is left of the activation for another window.
        stage.at(fault.atMs + dice.int(140_000, 200_000), () => {
          if (!stage.simulation().isRunning()) return;
          stage.took(fault);
          for (const body of new Set(stage.delivered)) void post(stage, otherIds(body, dice));
        });
      });
    },
  },
  posting('same id, other body', 'open', (stage, fault, seen) => {
    if (seen.length === 0) return undefined;
    const event = stage.dice(fault).pick(seen);
    const text = JSON.stringify(event).replaceAll(
      'roleAssignments/write',
      'roleAssignments/delete',
    );
    return [{ ...(JSON.parse(text) as Posted), eventType: deleteType, type: deleteType }];
  }),
  posting('forged delete', 'open', (stage, fault, seen) => {
    const dice = stage.dice(fault);
    const written = seen.filter(isWrite);
    return written.length === 0 ? undefined : [deleteOutOf(dice.pick(written), dice)];
  }),
  {
    // Called unfounded by then; of the true one nothing tells but PIM's lists.
    ...posting('forged delete, and a true one that is lost', 'opened', (stage, fault, seen) => {
      const dice = stage.dice(fault);
      const pairs = seen.filter(isWrite).flatMap((event) => {
        const one = standingBehind(stage, event);
        return one === undefined ? [] : [{ event, one }];
      });
      if (pairs.length === 0) return undefined;
      const { event, one } = dice.pick(pairs);
      stage.at(fault.atMs + judgedMs, () => removeInSilence(stage, one));
      return [deleteOutOf(event, dice)];
    }),
    onlyNamed: true,
  },
  posting('forged write', 'anywhere', (stage, fault, seen) => {
    if (seen.length === 0) return undefined;
    const dice = stage.dice(fault);
    const text = JSON.stringify(dice.pick(seen)).replaceAll(
      /roleAssignments\/[0-9a-f-]{36}/gi,
      `roleAssignments/${guidFrom(dice)}`,
    );
    return [{ ...(JSON.parse(text) as Posted), id: guidFrom(dice) }];
  }),
  posting('batch of thirty', 'open', (stage, fault, seen) => {
    if (seen.length === 0) return undefined;
    const dice = stage.dice(fault);
    return Array.from({ length: 30 }, () => dice.pick(seen));
  }),
  {
    name: 'unreadable event',
    group: 'events',
    aim: 'anywhere',
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        if (!stage.simulation().isRunning()) return;
        const text = stage.dice(fault).pick(['{"id":', 'hello', '[[[[', '"', '[{"id":1},7]']);
        stage.took(fault);
        void post(stage, text).then((isTaken) => {
          if (isTaken) stage.tookMalformed();
        });
      });
    },
  },
  {
    // A message that fails five times goes to the poisoned ones; Event Grid itself asks for a day.
    name: 'event handler fails',
    group: 'events',
    aim: 'opening',
    forMs: [100_000, 250_000],
    times: [5, 10],
    skip: 2,
    install: (stage, fault) => {
      stage.strike(
        fault,
        ({ kind, name }) => kind === 'trigger' && name.startsWith('activation'),
        () => ({ at: 'before', deed: { do: 'fail', error: () => new Error('Out of memory.') } }),
      );
    },
  },
  posting('unknown schema', 'anywhere', (_stage, fault) => [
    { kind: 'cloudEvents/9', n: fault.id, data: { operationName: ['x'] } },
  ]),
];

const deleteType = 'Microsoft.Resources.ResourceDeleteSuccess';
