import type { Crossing, Deed, Moment } from '../boundaries';
import type { Dice } from '../dice';
import { claimedAddress, createTokenBook, personOf } from '../http/callers';
import { envelopeOf, meantId } from '../http/post';
import { type Envelope, lost } from '../http/wire';
import type { FaultPlan } from '../plan';
import type { FaultKind, Stage } from '../stage';

const facts = { aim: 'anywhere', onlyNamed: true, ofCalls: true } as const;

const writes = new Set(['requestWindow', 'extendWindow', 'closeWindow', 'closeAllWindows']);
const isWriteOf = ({ name }: Crossing): boolean => writes.has(name);

/** What becomes of calls on their way. */
function onTheWay(
  name: string,
  group: FaultKind['group'],
  at: Moment,
  deed: (envelope: Envelope, dice: Dice, stage: Stage) => Deed,
): FaultKind {
  return {
    ...facts,
    name,
    group,
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike(
        fault,
        (crossing) => crossing.kind === 'call' && isWriteOf(crossing),
        ({ input }) => ({ at, deed: deed(input as Envelope, dice, stage) }),
      );
    },
  };
}

const effects: readonly Crossing['kind'][] = ['request', 'ledger', 'audit', 'start'];

/** A process dies while it answers: at one of the effects that follow the call in the same moment. */
function diesIn(name: string, who: 'host' | 'worker', skip: number): FaultKind {
  return {
    ...facts,
    name,
    group: 'process',
    skip,
    times: [1, 2],
    install: (stage, fault) => {
      const dice = stage.dice(fault);
      const at = dice.pick(['before', 'unacknowledged'] as const);
      const downMs = dice.int(1_000, 8_000);
      let begunMs = -1;
      const matches = (crossing: Crossing): boolean => {
        const { kind, atMs } = crossing;
        if (kind === 'trigger' && isWriteOf(crossing)) begunMs = atMs;
        return effects.includes(kind) && atMs === begunMs;
      };
      stage.strike(fault, matches, () => ({ at, deed: { do: 'die', who, downMs } }));
    },
  };
}

/** The whole call is done, and its host dies with the answer in its hand. */
const diesAnswering: FaultKind = {
  ...facts,
  name: 'host dies before it answers a call',
  group: 'process',
  install: (stage, fault) => {
    const downMs = stage.dice(fault).int(1_000, 8_000);
    stage.strike(
      fault,
      (crossing) => crossing.kind === 'trigger' && isWriteOf(crossing),
      () => ({ at: 'unacknowledged', deed: { do: 'die', who: 'host', downMs } }),
    );
  },
};

/** Somebody who is nobody here says in whose name they call. */
function inTheNameOf(
  name: string,
  forge: (envelope: Envelope, victimId: string, stage: Stage, dice: Dice) => void,
): FaultKind {
  return {
    ...facts,
    name,
    group: 'strangers',
    install: (stage, fault) => {
      stage.at(fault.atMs + 30_000, () => void callAs(stage, fault, forge));
    },
  };
}

async function callAs(
  stage: Stage,
  fault: FaultPlan,
  forge: (envelope: Envelope, victimId: string, stage: Stage, dice: Dice) => void,
): Promise<void> {
  const simulation = stage.simulation();
  if (!simulation.isRunning()) return;
  const dice = stage.dice(fault);
  const asked = stage.plan.errands.filter(({ door }) => door === 'requestWindow');
  const { of, body } = dice.pick(asked);
  if (of === null) return;
  const victim = personOf(of.person);
  const door = dice.pick(['closeWindow', 'extendWindow', 'requestWindow'] as const);
  const until = new Date(stage.clock.now() + 700_000).toISOString();
  const bodies = {
    closeWindow: { reason: 'Done' },
    extendWindow: { until, reason: 'Still full' },
    requestWindow: body,
  };
  const envelope = envelopeOf(createTokenBook(simulation.azure), {
    door,
    windowId: door === 'requestWindow' ? '' : meantId(stage, of),
    key: door === 'requestWindow' ? `forged-${fault.id}` : '',
    body: bodies[door],
    isDry: false,
    person: { ...victim, objectId: '' },
    address: personOf('stranger').address,
    prefer: null,
  });
  forge(envelope, victim.objectId, stage, dice);
  stage.took(fault);
  await stage.wire.send(envelope);
}

/** What the platform says of callers, as anybody can write it. */
function principalOf(objectId: string): Record<string, string> {
  const claims = [{ typ: 'oid', val: objectId }];
  const principal = Buffer.from(JSON.stringify({ auth_typ: 'aad', claims })).toString('base64');
  return { 'x-ms-client-principal-id': objectId, 'x-ms-client-principal': principal };
}

/** What callers, the way to the host and whoever lies do to calls of the API. */
export const callFaults: readonly FaultKind[] = [
  diesIn('host dies in a call', 'host', 14),
  diesIn('worker dies in a call', 'worker', 14),
  diesAnswering,
  onTheWay('answer to a call lost', 'people', 'unacknowledged', () => ({
    do: 'fail',
    error: lost,
  })),
  onTheWay('call lost', 'people', 'before', () => ({ do: 'fail', error: lost })),
  onTheWay('call sent twice', 'people', 'before', (_envelope, dice) => ({
    do: 'again',
    afterMs: dice.pick([0, 1, 4_000, 60_000]),
  })),
  onTheWay('call comes late', 'people', 'before', (_envelope, dice) => ({
    do: 'delay',
    ms: dice.int(5_000, 60_000),
  })),
  // Behind whatever a caller writes there stands what the platform saw.
  onTheWay('forwarded header forged', 'strangers', 'before', ({ headers }, dice) => ({
    do: 'act',
    act: () => {
      const hop = dice.pick([claimedAddress, `${claimedAddress}:443`]);
      headers['x-forwarded-for'] = dice.pick([hop, `${hop}, ${hop}`]);
      headers['x-client-ip'] = claimedAddress;
      headers['forwarded'] = `for=${claimedAddress}`;
    },
  })),
  onTheWay('principal header forged', 'strangers', 'before', ({ headers }, _dice, { plan }) => ({
    do: 'act',
    act: () => {
      const other = plan.errands.find(({ of }) => of !== null)?.of?.person ?? 'stranger';
      Object.assign(headers, principalOf(personOf(other).objectId));
    },
  })),
  inTheNameOf('call without a token, past the platform', (envelope, victimId) => {
    delete envelope.headers['authorization'];
    Object.assign(envelope.headers, principalOf(victimId));
    envelope.isPastPlatform = true;
  }),
  inTheNameOf(
    'call with a token of somebody else, past the platform',
    (envelope, victimId, stage) => {
      const token = createTokenBook(stage.simulation().azure).of(personOf('stranger'));
      envelope.headers['authorization'] = `Bearer ${token}`;
      Object.assign(envelope.headers, principalOf(victimId));
      envelope.isPastPlatform = true;
    },
  ),
  inTheNameOf('call with an expired token', (envelope, victimId, stage, dice) => {
    const { azure } = stage.simulation();
    const victim = stage.people.find(({ objectId }) => objectId === victimId);
    if (victim === undefined) throw new Error('Nobody expired.');
    envelope.headers['authorization'] = `Bearer ${createTokenBook(azure).expired(victim)}`;
    Object.assign(envelope.headers, principalOf(victimId));
    envelope.isPastPlatform = dice.chance(0.5);
  }),
];
