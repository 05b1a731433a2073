import { partsOf, pathOf, type History, type Line, type Stay } from './history';
import { ledgerLosses } from './calm';
import type { Activation, Circumstances, Violation } from './judge';
import { markedUntilMs } from './marked';
import { deadlineOf } from './overrun';
import { putPathsOf } from './strangers';

/** What the app's clock, the log of others and a read on its way may differ by. */
const slackMs = 15_000;

/**
 * Where a run has come to rest, somebody was told of each rule that stood past its deadline, and
 * none is called late that was gone in time. Which alarm told of it does not matter: what is
 * written again after its close has one of its own, and the sweeper app may have told of it.
 */
export function alarmFaults(
  history: History,
  activations: readonly Activation[],
  circumstances: Circumstances,
): Violation[] {
  const { standingAtRest, stays, lines, sweeperLines } = history;
  const { afflictions, endMs } = circumstances;
  if (standingAtRest === null) return [];
  const own = putPathsOf(history);
  const lateMs = (stay: Stay): number => {
    const windowId = partsOf(stay.name)?.windowId;
    const activation = activations.find((one) => one.windowId === windowId);
    if (activation === undefined || stay.properties.access === 'Deny') return -Infinity;
    if (!own.has(pathOf(stay))) return -Infinity;
    return (stay.toMs ?? endMs) - deadlineOf(activation, history, circumstances);
  };
  const alarms = [...lines, ...sweeperLines].filter(({ fields }) => fields['alarm'] === true);
  const told = new Set(alarms.map(({ fields }) => keyOf(fields['nsgId'], fields['rule'])));
  const missed = stays.flatMap((stay) => {
    if (lateMs(stay) < slackMs || told.has(keyOf(stay.nsgId, stay.name))) return [];
    const tooLong = Math.round(lateMs(stay) / 1_000);
    const what = `${stay.name} stood ${tooLong} s too long, and nobody was told`;
    return [{ invariant: 'late rules are told of', what, atMs: stay.toMs ?? endMs }];
  });
  // Whoever has lost the row goes by the marker, which may be of before an end that moved.
  const isForgotten = ledgerLosses(circumstances).length > 0;
  const isOver = (stay: Stay): boolean =>
    isForgotten && (stay.toMs ?? endMs) - markedUntilMs(stay.properties) > -slackMs;
  // By a clock that is wrong, the deadline is another time.
  const isSkewed = afflictions.some(({ group }) => group === 'clock');
  const needless = alarms.flatMap(({ atMs, fields }) => {
    if (fields['event'] !== 'overrun' || isBlind(fields) || isSkewed) return [];
    const key = keyOf(fields['nsgId'], fields['rule']);
    const isLate = stays.some(
      (stay) => keyOf(stay.nsgId, stay.name) === key && (lateMs(stay) > -slackMs || isOver(stay)),
    );
    const what = `${String(fields['rule'])} was gone in time, and is called late`;
    return isLate ? [] : [{ invariant: 'only late rules are told of', what, atMs }];
  });
  return [...missed, ...needless];
}

/** Nobody could look, which is told at once: the rule may stand. */
function isBlind(fields: Line['fields']): boolean {
  return fields['faultKind'] !== undefined || fields['provedAt'] === null;
}

function keyOf(nsgId: unknown, rule: unknown): string {
  return `${String(nsgId)}|${String(rule)}`.toLowerCase();
}
