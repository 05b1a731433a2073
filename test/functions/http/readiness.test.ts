import { localAccountPolicy, nsgRule, readReady, readyVm } from '../../support/readiness';
import { type Answer, apiOf, type Call } from '../../support/callApi';
import { bastion, windowsVm } from '../../support/connecting';
import { createIntakeWorld, faultOf, instanceOf, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';
import { holds } from '../../support/openWorld';
import { personOf } from '../../support/callers';
import type { LocalAccountRow } from '../../../shared/ports/inventory';

const { vmId } = readyVm;
const nsgId = vmRow('vm-1').nicId.replace(/networkInterfaces\/.*/, 'networkSecurityGroups/nsg-app');

/** A VM that is ready, a Bastion beside it, and its NSG. */
function stage() {
  const world = createIntakeWorld();
  const asked: string[] = [];
  const index = async (scopes: readonly string[]) => {
    asked.push(`index ${scopes.join()}`);
    return { candidates: [readyVm], strange: 0, next: null };
  };
  const readNsg = async (id: string) => {
    asked.push(`nsg ${id}`);
    return { id, rules: [nsgRule()], defaultRules: [] };
  };
  Object.assign(world, {
    candidates: { listCandidates: index },
    machines: { readMachine: readReady },
  });
  Object.assign(world.network, { readNsg, readSubnetNsgId: async () => '' });
  world.vms = [vmRow('vm-1', { vmId, nicNsgId: nsgId, subnetNsgId: nsgId.toUpperCase() })];
  world.connectFacts = { machines: [windowsVm()], bastions: [bastion()] };
  const ask = (call: Call = {}): Promise<Answer> => {
    const query = `?vm=${encodeURIComponent(vmId)}`;
    return apiOf(world, world.starter).call('readReadiness', { as: 'rhea', query, ...call });
  };
  return { world, asked, ask };
}

type Fact = { part: string; state: string; what: string; from: string | null };
const factsIn = ({ body }: Answer) => body['facts'] as Fact[];
const stateOf = (answer: Answer, part: string) =>
  factsIn(answer).find((one) => one.part === part)?.state;

describe('GET /api/readiness', () => {
  it('reads a VM that needs nothing, and tells of every part where it comes from', async () => {
    const { world, asked, ask } = stage();
    world.instances.push(instanceOf({ scope: vmId }));
    const answer = await ask();
    expect(answer).toMatchObject({
      status: 200,
      body: {
        vm: vmId,
        state: 'ready',
        readAt: new Date(world.at).toISOString(),
        rdp: { fileName: 'vm-1.rdp' },
        sources: { index: expect.stringContaining('behind') as string },
      },
    });
    expect(String(answer.body['note'])).toContain('Owner and Contributor do not log in');
    const sources = Object.keys(answer.body['sources'] as object);
    for (const { from } of factsIn(answer)) expect([...sources, null]).toContain(from);
    expect(stateOf(answer, 'loginRoles')).toBe('ok');
    expect(stateOf(answer, 'bastionToVm')).toBe('ok');
    // An NSG that stands twice on the way, in another case, is read once.
    expect(asked.filter((one) => one.startsWith('nsg'))).toHaveLength(1);
    expect(world.writes).toBe(0);
  });

  it.each([
    ['machines', 'readMachine', 'identity', 'ok'],
    ['candidates', 'listCandidates', 'outbound', 'unknown'],
    ['inventory', 'readConnectFacts', 'bastion', 'unknown'],
    ['inventory', 'listMachines', 'bastionToVm', 'unknown'],
    ['inventory', 'listLocalAccounts', 'localAccounts', 'unknown'],
    ['directory', 'listActive', 'loginRoles', 'unknown'],
    ['network', 'readNsg', 'bastionToVm', 'unknown'],
    ['network', 'readSubnetNsgId', 'bastionSubnet', 'unknown'],
  ] as const)('costs one part where %s.%s fails: %s is %s', async (port, name, part, state) => {
    const { world, ask } = stage();
    const fails = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    Object.assign(world[port], { [name]: fails });
    const answer = await ask();
    expect([answer.status, stateOf(answer, part)]).toEqual([200, state]);
  });

  it('asks nothing while closes may need the requests, and says so', async () => {
    const { world, asked, ask } = stage();
    const budget = { ...world.budget, pauseMs: () => 5_000, queryPauseMs: () => 5_000 };
    Object.assign(world, { budget });
    const answer = await ask();
    expect(answer.body['state']).toBe('unknown');
    expect([asked, world.reads]).toEqual([[], []]);
    expect(factsIn(answer)[0]?.what).toContain('closes come first');
  });

  it('asks policy of this VM alone, all pages, and tells what any of them found', async () => {
    const { world, ask } = stage();
    const asked: unknown[] = [];
    const listLocalAccounts = async (id: string | null, token: string | null) => {
      asked.push([id, token]);
      const rows = token === null ? [] : [nonCompliant(vmId)];
      return { rows, next: token === null ? 'more' : null };
    };
    Object.assign(world.inventory, { listLocalAccounts });
    const answer = await ask();
    expect(stateOf(answer, 'localAccounts')).toBe('missing');
    expect(answer.body['state']).toBe('ready');
    expect(asked).toEqual([
      [vmId, null],
      [vmId, 'more'],
    ]);
  });

  it('works where no remediation is offered, and where its settings are faulty', async () => {
    const { world, ask } = stage();
    for (const remediation of [null, { faults: ['REMEDIATION_QUEUE'] }]) {
      world.remediation = remediation;
      expect((await ask()).status).toBe(200);
    }
  });

  it.each([
    ['', 400],
    ['?vm=vm-1', 400],
    [`?vm=${vmId}&vm=${vmId}`, 400],
    [`?vm=${vmId}/extensions/x`, 400],
    [`?vm=${vmId}%27%20or%201==1`, 400],
    [`?vm=${vmId}9`, 404],
  ])('answers %j with %i', async (query, status) => {
    const { ask } = stage();
    expect((await ask({ query })).status).toBe(status);
  });
});

describe('who may see how ready a VM is', () => {
  const everybody: readonly (readonly [as: string, status: number])[] = [
    ['rhea', 200],
    ['audrey', 200],
    ['olga', 200],
    ['ada', 404],
    ['mallory', 404],
    ['guest', 403],
    ['', 401],
  ];

  it.each(everybody)('%s: %i', async (as, status) => {
    const { world, ask } = stage();
    holds(world, { scope: vmId });
    expect((await ask({ as: as === '' ? null : as })).status).toBe(status);
  });

  it('is not its owner of yesterday, nor that of another VM', async () => {
    const { world, ask } = stage();
    holds(world, { scope: vmId, endAt: world.at - 1 });
    holds(world, { scope: `${vmId}9` });
    expect((await ask({ as: 'olga' })).status).toBe(404);
  });

  it('learns nothing of whether there is such a VM', async () => {
    const { ask } = stage();
    const there = await ask({ as: 'mallory' });
    const not = await ask({ as: 'mallory', query: `?vm=${vmId}9` });
    expect(there).toEqual(not);
  });

  it('is its owner also while policy cannot be read', async () => {
    const { world, ask } = stage();
    holds(world, { scope: vmId });
    world.opening = { faults: ['Policy, line 3'] };
    expect((await ask({ as: 'olga' })).status).toBe(200);
    expect((await ask({ as: 'rhea' })).status).toBe(404);
  });

  it('is told that groups are missing in the token, where they are', async () => {
    const { world, ask } = stage();
    const caller = { ...personOf('mallory'), hasMoreGroups: true as const };
    const withGroups: IntakeWorld['api'] = { callers: { identify: async () => caller } };
    world.api = withGroups;
    expect((await ask()).body['code']).toBe('groupsOverage');
  });
});

const accounts = localAccountPolicy('f79fef0d-0050-4c18-a303-5babb9c14ac7');
const nonCompliant = (id: string): LocalAccountRow => ({
  vmId: id.toLowerCase(),
  policy: accounts,
  compliance: 'nonCompliant',
});

describe('GET /api/readiness.csv', () => {
  function estate(pages: number) {
    const { world } = stage();
    const tokens: (string | null)[] = [];
    const listCandidates = async (scopes: readonly string[], token: string | null) => {
      expect(scopes).toEqual([]);
      tokens.push(token);
      const page = Number(token ?? 0);
      const candidates = Array.from({ length: 1_000 }, (_, at) => ({
        ...readyVm,
        vmId: `${vmId}-${page}-${at}`,
      }));
      return { candidates, strange: 0, next: page + 1 < pages ? `${page + 1}` : null };
    };
    Object.assign(world, { candidates: { listCandidates } });
    const ask = (call: Call = {}) =>
      apiOf(world, world.starter).call('readinessCsv', { as: 'rhea', ...call });
    return { world, tokens, ask };
  }

  it('tells of fifty thousand VMs, each once, a page at a time', async () => {
    const { tokens, ask } = estate(50);
    const { status, text } = await ask();
    const lines = text.trimEnd().split('\r\n');
    expect([status, lines.length, new Set(lines).size]).toEqual([200, 50_001, 50_001]);
    expect(tokens).toHaveLength(50);
  });

  /** Policy has found something on every second VM, and gives it out in pages of its own. */
  function judged(world: IntakeWorld, pages: number, isFaulty = false) {
    const asked: (string | null)[] = [];
    const listLocalAccounts = async (_vmId: string | null, token: string | null) => {
      asked.push(token);
      const page = Number(token ?? 0);
      if (isFaulty && page === pages - 1) throw faultOf('throttled');
      const rows = Array.from({ length: 500 }, (_, at) =>
        nonCompliant(`${vmId}-${page}-${2 * at}`),
      );
      return { rows, next: page + 1 < pages ? `${page + 1}` : null };
    };
    Object.assign(world.inventory, { listLocalAccounts });
    return asked;
  }
  const counted = (text: string): Record<string, number> => {
    const lines = text.trimEnd().split('\r\n').slice(1);
    const count = (state: string) => lines.filter((one) => one.includes(`"${state}"`)).length;
    return { found: count('missing'), nobody: count('notAssessed'), unknown: count('unknown') };
  };

  it('tells of each VM what policy found there, in as many queries as there are pages', async () => {
    const { world, ask } = estate(10);
    const asked = judged(world, 10);
    expect(counted((await ask()).text)).toEqual({ found: 5_000, nobody: 5_000, unknown: 0 });
    expect(asked).toEqual([null, '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    // Once more: nothing is kept from the first time.
    Object.assign(world.inventory, { listLocalAccounts: async () => ({ rows: [], next: null }) });
    expect(counted((await ask()).text)).toEqual({ found: 0, nobody: 10_000, unknown: 0 });
  });

  it('knows nothing of local accounts where half of it could not be read', async () => {
    const { world, ask } = estate(2);
    judged(world, 2, true);
    const { status, text } = await ask();
    expect([status, counted(text)]).toEqual([200, { found: 0, nobody: 0, unknown: 2_000 }]);
  });

  it('reads no answer without an end for ever', async () => {
    const { world, ask } = estate(1);
    let pages = 0;
    const listLocalAccounts = async () => ({ rows: [], next: String((pages += 1)) });
    Object.assign(world.inventory, { listLocalAccounts });
    expect(counted((await ask()).text)).toMatchObject({ unknown: 1_000 });
    expect(pages).toBe(1_000);
  });

  it.each([
    ['audrey', 200],
    ['ada', 403],
    ['olga', 403],
    ['guest', 403],
  ])('is for operators and auditors alone: %s %i', async (as, status) => {
    const { world, ask } = estate(1);
    holds(world);
    expect((await ask({ as })).status).toBe(status);
  });

  it('waits while closes may need the queries, and not for ever', async () => {
    const { world, ask, tokens } = estate(3);
    let pauses = 2;
    const queryPauseMs = () => ((pauses -= 1) >= 0 ? 5_000 : 0);
    Object.assign(world, { budget: { ...world.budget, queryPauseMs } });
    const begun = world.at;
    expect((await ask()).status).toBe(200);
    expect(world.at - begun).toBe(10_000);
    Object.assign(world, { budget: { ...world.budget, queryPauseMs: () => 5_000 } });
    const asked = tokens.length;
    expect(await ask()).toMatchObject({ status: 503, body: { code: 'requestsReserved' } });
    expect(tokens).toHaveLength(asked);
  });

  it('is a fault, and no part of an estate, where a page fails', async () => {
    const { world, ask } = estate(3);
    const { listCandidates } = world.candidates;
    Object.assign(world.candidates, {
      listCandidates: async (scopes: readonly string[], token: string | null) => {
        if (token === '2') throw faultOf('throttled', 3_000);
        return listCandidates(scopes, token);
      },
    });
    expect(await ask()).toMatchObject({ status: 503, text: '', headers: { 'retry-after': '3' } });
  });
});
