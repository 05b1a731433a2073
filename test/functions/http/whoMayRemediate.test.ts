import { type Answer, apiOf, type Call } from '../../support/callApi';
import { createIntakeWorld, policyOf } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { offerNight, runRow, standingOf } from '../../support/nightWorld';
import { personOf } from '../../support/callers';

const calls = {
  requestRemediation: {
    body: { reason: 'New VMs' },
    headers: { 'idempotency-key': 'one' },
  },
  listRemediations: {},
  getRemediation: { id: runRow().id },
  readReport: { id: runRow().id },
  cancelRemediation: { id: runRow().id, body: {} },
  listQuarantine: {},
  releaseVm: { id: standingOf().id, body: { reason: 'It was mended' } },
} as const satisfies Record<string, Call>;

type Verb = keyof typeof calls;
type Expected = Readonly<Record<Verb, number | string>>;

const writes: readonly Verb[] = ['requestRemediation', 'cancelRemediation', 'releaseVm'];

const everybody = (reads: number | string, writing: number | string): Expected => ({
  requestRemediation: writing,
  listRemediations: reads,
  getRemediation: reads,
  readReport: reads,
  cancelRemediation: writing,
  listQuarantine: reads,
  releaseVm: writing,
});

/** Who may do what; Olga owns every machine, which makes her nobody here. */
const matrix: Readonly<Record<string, Expected>> = {
  rhea: everybody(200, 202),
  audrey: everybody(200, 'notAnOperator'),
  ada: everybody('notAReader', 'notAnOperator'),
  olga: everybody('notAReader', 'notAnOperator'),
  mallory: everybody('notAReader', 'notAnOperator'),
  guest: everybody(403, 403),
  expired: everybody(401, 401),
  'of-another-tenant': everybody(401, 401),
  '': everybody(401, 401),
};

const cells = Object.entries(matrix).flatMap(([as, row]) =>
  Object.entries(row).map(([verb, expected]) => ({ as, verb: verb as Verb, expected })),
);

async function stage() {
  const world = createIntakeWorld();
  const night = offerNight(world);
  await night.put(runRow());
  await night.ledger.standings.insert(standingOf());
  return { world, night };
}

function ask(world: IntakeWorld, as: string, verb: Verb): Promise<Answer> {
  return apiOf(world, world.starter).call(verb, { as: as === '' ? null : as, ...calls[verb] });
}

describe('who may do what with the remediation', () => {
  it.each(cells)('$as, $verb: $expected', async ({ as, verb, expected }) => {
    const { world, night } = await stage();
    const { status, body } = await ask(world, as, verb);
    expect([status, body['code']]).toContain(expected);
    const isDone = status < 300 && writes.includes(verb);
    expect(night.asks).toHaveLength(isDone ? 1 : 0);
  });

  it('is said by policy to people as well as to groups', async () => {
    const { world } = await stage();
    const ada = personOf('ada').objectId;
    world.opening = {
      policy: policyOf({ operators: { groups: [], people: [ada] } }),
      signer: { keyVersion: 1, sign: () => '' },
      sweeper: 'none',
    };
    expect((await ask(world, 'ada', 'requestRemediation')).status).toBe(202);
    expect((await ask(world, 'rhea', 'requestRemediation')).status).toBe(403);
  });

  it.each(Object.keys(calls) as Verb[])(
    'is nobody while policy cannot be read: %s',
    async (verb) => {
      const { world, night } = await stage();
      world.opening = { faults: ['Policy, line 3'] };
      for (const as of ['rhea', 'audrey', 'ada']) {
        expect((await ask(world, as, verb)).status).toBe(403);
      }
      expect(night.asks).toEqual([]);
    },
  );

  it('says to those with too many groups that nobody can see which are theirs', async () => {
    const { world } = await stage();
    const caller = { ...personOf('mallory'), hasMoreGroups: true as const };
    world.api = { callers: { identify: async () => caller } };
    for (const verb of Object.keys(calls) as Verb[]) {
      expect((await ask(world, 'mallory', verb)).body['code']).toBe('groupsOverage');
    }
  });

  it('is told alike to whoever may not, whatever there is', async () => {
    const { world } = await stage();
    const offered = await ask(world, 'ada', 'getRemediation');
    world.remediation = null;
    expect(await ask(world, 'ada', 'getRemediation')).toEqual(offered);
  });
});
