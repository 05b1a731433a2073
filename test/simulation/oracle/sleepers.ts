import { EventType } from '../../../local/functions/engine/history';
import type { StoredInstance } from '../../../local/functions/engine/store';
import type { FunctionsHost } from '../../../local/functions/index';
import type { LogLine } from '../../support/simulatedAzure';
import type { SimulatedClock } from '../clock';
import type { Affliction, Outage } from '../stage';
import type { Circumstances, Violation } from './judge';

type Look = { readonly done?: boolean; readonly nextLook?: string; readonly started?: string };

/** After these nobody can say whether a successor was there. */
const forgets = new Set(['startNew lost', 'instance purged', 'task hub wiped']);

/**
 * What the histories of the engine show of those who look after windows: nobody ends with work left
 * and no successor, and nobody who is woken early is sent back to the very same time.
 */
export function sleeperFaults(
  instances: readonly StoredInstance[],
  { afflictions, endMs }: Pick<Circumstances, 'afflictions' | 'endMs'>,
): Violation[] {
  const isSkewed = afflictions.some(({ group }) => group === 'clock');
  const isForgetful = afflictions.some(({ kind }) => forgets.has(kind));
  return instances.flatMap(({ head, history }) => {
    const { instanceId, runtimeStatus } = head;
    const looks = history
      .filter(({ EventType: type }) => type === EventType.TaskCompleted)
      .map((event) => lookOf(event['Result']));
    const last = looks.at(-1);
    const found: Violation[] = [];
    const successor = last?.started === instanceId ? undefined : last?.started;
    const goesOn = instances.some((one) => one.head.instanceId === successor);
    if (runtimeStatus === 'Completed' && last?.done !== true && !goesOn && !isForgetful) {
      const what = `${instanceId} ended after ${looks.length} looks and nobody goes on`;
      found.push({ invariant: 'somebody looks after each window', what, atMs: endMs });
    }
    const same = looks.findIndex(
      ({ nextLook }, at) => nextLook && at > 0 && nextLook === looks[at - 1]?.nextLook,
    );
    if (same > 0 && !isSkewed && head.name === 'accessWindow') {
      const what = `${instanceId} was sent back to ${looks[same]?.nextLook} a second time`;
      found.push({ invariant: 'no spinning', what, atMs: endMs });
    }
    return found;
  });
}

function lookOf(result: unknown): Look {
  const parsed: unknown = typeof result === 'string' ? JSON.parse(result) : result;
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

/** Hears of steps that reconcile took for a sleeper that was dead, and sees who goes on. */
export type SleeperWatch = { onLine(line: LogLine): void; faults(): Violation[] };

type Surroundings = {
  readonly clock: SimulatedClock;
  readonly afflictions: readonly Affliction[];
  readonly outages: readonly Outage[];
  /** `undefined` while no host runs. */
  host(): FunctionsHost | undefined;
};

const startedWithinMs = 2_000;
/** What was disturbed so shortly before may still be felt. */
const feltMs = 60_000;

export function watchSleepers({ clock, afflictions, outages, host }: Surroundings): SleeperWatch {
  const found: Violation[] = [];
  const look = (id: string, atMs: number): void => {
    const engine = host()?.engine;
    const isDisturbed =
      afflictions.some((one) => one.untilMs >= atMs - feltMs) ||
      outages.some(({ toMs }) => toMs >= atMs - feltMs);
    if (engine === undefined || isDisturbed) return;
    const own = [...engine.instances.values()].filter((one) => one.id.startsWith(id));
    // Who was started may be done with the rest already.
    const isStarted = own.some(({ isOver, head }) => !isOver || head.createdAt >= atMs);
    if (own.length === 0 || isStarted) return;
    const what = `${id} was worked on by reconcile, and nobody was started for the rest`;
    found.push({ invariant: 'somebody looks after each window', what, atMs });
  };
  return {
    onLine: ({ event, id, kind, done }) => {
      if (event !== 'reconcile.stepped' || kind !== 'window' || done !== false) return;
      const atMs = clock.now();
      clock.at(atMs + startedWithinMs, () => look(String(id), atMs));
    },
    faults: () => found,
  };
}
