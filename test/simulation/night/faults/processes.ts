import type { Crossing, Moment } from '../../boundaries';
import type { FaultKind } from '../../stage';
import { nightEvent, nightStrike } from './nightFault';

const anywhere = ({ kind }: Crossing): boolean => kind === 'request' || kind === 'ledger';
const isWrite = ({ name }: Crossing): boolean =>
  name === 'put extensions' || name === 'patch virtualmachines';

function death(
  name: string,
  at: Moment,
  on: (crossing: Crossing) => boolean,
  downMs: readonly [number, number],
  skip: number,
): FaultKind {
  return nightStrike(
    name,
    at,
    on,
    (_crossing, _stage, dice) => ({
      do: 'die',
      who: 'host',
      downMs: dice.int(downMs[0], downMs[1]),
    }),
    { times: [1, 3], skip, isEarly: on === isWrite },
  );
}

const soon = [500, 20_000] as const;

/** What dies, stands still, runs twice, or has a wrong clock. */
export const nightProcesses: readonly FaultKind[] = [
  death('dies before an effect', 'before', anywhere, soon, 40),
  death('dies before the acknowledgement', 'unacknowledged', anywhere, soon, 40),
  death('dies between two effects', 'after', anywhere, soon, 40),
  death('dies before a write', 'before', isWrite, soon, 10),
  death('dies in a write', 'unacknowledged', isWrite, soon, 10),
  death('dead for minutes', 'unacknowledged', anywhere, [120_000, 420_000], 60),
  nightEvent('killed', (stage, dice) => {
    stage.night().kill(dice.int(500, 15_000));
    return true;
  }),
  nightEvent('killed again and again', (stage, dice, fault) => {
    const lifeMs = dice.int(2_000, 25_000);
    for (let at = 0; at < 8; at++) {
      stage.at(fault.atMs + at * lifeMs, () => stage.night().kill(400));
    }
    return true;
  }),
  nightEvent('a second worker', (stage, dice) => {
    stage.night().second(dice.int(60_000, 400_000));
    return true;
  }),
  nightEvent('stands still', (stage, dice) => {
    stage.night().freeze(dice.int(4_000, 150_000));
    return true;
  }),
  nightEvent('stands still beside a second worker', (stage, dice, fault) => {
    const { second, freeze } = {
      second: () => stage.night().second(300_000),
      freeze: () => stage.night().freeze(dice.int(20_000, 120_000)),
    };
    second();
    stage.at(fault.atMs + dice.int(1_000, 12_000), freeze);
    return true;
  }),
  nightEvent('clock wrong', (stage, dice, fault) => {
    const sign = dice.pick([-1, 1]);
    stage.night().setClock(sign * dice.int(5_000, 240_000));
    stage.at(fault.atMs + dice.int(60_000, 300_000), () => stage.night().setClock(0));
    return true;
  }),
];
