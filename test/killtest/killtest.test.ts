import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivationTruth, WriteRecord } from '../../local/azure/contract';
import { DiskStore } from '../../local/functions/engine/diskStore';
import type { InstanceHead } from '../../local/functions/engine/store';
import { administratorLogin, identities } from '../../local/tenant';
import { isMidStep, type Kill, runningActivities } from './kills';
import { readOptions } from './options';
import { isPassed, outcomeOf } from './outcome';
import { blowsOf, planOf } from './plan';
import { printOutcome } from './report';

const asked = { windows: 2, minutes: 0.2, seed: 7 };
const { estate, visits } = planOf(asked.windows, asked.minutes, asked.seed);
const at = (second: number): string => new Date(second * 1_000).toISOString();
const kill: Kill = { at: 0, wasReady: true, activities: [], requests: [] };
const endSecond = 1_000;

function activation(number: number): ActivationTruth {
  const visit = visits[number];
  return {
    roleAssignmentId: `assignment-${number}`,
    requestName: `request-${number}`,
    principalId: visit?.person.objectId ?? '',
    roleDefinitionGuid: administratorLogin,
    scope: visit?.scope ?? '',
    startAt: at(0),
    endAt: at(endSecond),
  };
}

/** A rule to the machine of one activation; `null` in place of it for its delete. */
function write(number: number, second: number, isOpen: boolean): WriteRecord {
  const nic = estate.networkInterfaces[number];
  const name = `postern-local1-window${number}-0`;
  const rule = {
    name,
    properties: {
      description: `postern1|${endSecond}|1|x`,
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationPortRange: '22',
      sourceAddressPrefix: '203.0.113.1/32',
      destinationAddressPrefix: nic?.ipConfigurations[0]?.privateIPAddress,
      access: 'Allow',
      priority: 200,
      direction: 'Inbound',
    },
  };
  return {
    sequence: second,
    at: at(second),
    effectiveAt: at(second + 1),
    caller: identities.opener,
    method: isOpen ? 'PUT' : 'DELETE',
    path: `${nic?.networkSecurityGroupId}/securityRules/${name}`,
    status: isOpen ? 201 : 202,
    outcome: 'succeeded',
    before: isOpen ? null : rule,
    after: isOpen ? rule : null,
  };
}

function outcome(records: WriteRecord[], kills: Kill[] = [kill]) {
  return outcomeOf(asked, {
    estate,
    records,
    activations: [activation(0), activation(1)],
    present: presentAfter(records),
    nowMs: (endSecond + 60) * 1_000,
    kills,
    startedInMs: [900],
    otherDeaths: [],
  });
}

/** The NSGs as those writes left them. */
function presentAfter(records: WriteRecord[]) {
  return estate.networkSecurityGroups.map((group) => {
    const own = records.filter(({ path }) => path.startsWith(`${group.id}/`));
    const last = own.at(-1)?.after;
    return last
      ? { ...group, rules: [...group.rules, last as (typeof group.rules)[number]] }
      : group;
  });
}

const bothInTime = [
  write(0, 10, true),
  write(1, 11, true),
  write(0, 950, false),
  write(1, 960, false),
];

describe('the kill test’s verdict', () => {
  it('passes when all that opened was gone in time and enough was tried', () => {
    const told = outcome(bothInTime);
    expect(told).toMatchObject({ opened: 2, kills: 1, late: [], otherFaults: [] });
    expect(told.marginS).toEqual({ least: 39, median: 49 });
    expect(isPassed(told)).toBe(true);
    expect(printOutcome(told)).toContain('0 rules past their deadline\npassed');
  });

  it('names a rule that went too late, once, with its overrun', () => {
    const told = outcome([...bothInTime.slice(0, 3), write(1, endSecond + 4, false)]);
    expect(told.late).toMatchObject([{ nsg: 'nsg-vm-2', overrunS: 5, gone: true }]);
    expect(told.otherFaults).toEqual([]);
    expect(isPassed(told)).toBe(false);
    expect(printOutcome(told)).toContain('1 rules past their deadline:');
  });

  it('names a rule that still stands', () => {
    const told = outcome(bothInTime.slice(0, 3));
    expect(told.late).toMatchObject([{ nsg: 'nsg-vm-2', overrunS: 60, gone: false }]);
    expect(printOutcome(told)).toContain('and it still stands');
  });

  it('does not pass when too little was tried', () => {
    const one = outcome([bothInTime[0], bothInTime[2]].flatMap((record) => record ?? []));
    expect(one).toMatchObject({
      opened: 1,
      openedLeast: 2,
      neverOpened: ['vm-2'],
      otherFaults: [],
    });
    expect(isPassed(one)).toBe(false);
    expect(isPassed(outcome(bothInTime, []))).toBe(false);
  });

  it('holds a write to anything else against the app', () => {
    const { before, after, caller, method } = write(0, 500, true);
    const path = estate.networkSecurityGroups[0]?.id ?? '';
    const stray = { sequence: 500, at: at(500), caller, method, path, status: 403, before, after };
    const told = outcome([...bothInTime, stray]);
    expect(told.otherFaults).toHaveLength(1);
    expect(isPassed(told)).toBe(false);
  });
});

describe('a kill in mid-step', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-kills-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one in which an activity of that life ran, or a request was unanswered', () => {
    const store = new DiskStore(join(folder, 'functions'));
    store.commit({ head: headWith([50, 150, undefined]), keep: 0, append: [] });
    store.close();
    expect(runningActivities(folder, 100)).toEqual(['look1']);
    expect(runningActivities(folder, 200)).toEqual([]);
    expect(isMidStep(kill)).toBe(false);
    expect(isMidStep({ ...kill, activities: ['look1'] })).toBe(true);
    expect(isMidStep({ ...kill, requests: ['PUT'] })).toBe(true);
  });
});

function headWith(startedAt: (number | undefined)[]): InstanceHead {
  return {
    instanceId: 'one',
    executionId: 'one',
    name: 'sleeper',
    version: null,
    input: null,
    runtimeStatus: 'Running',
    customStatus: null,
    output: null,
    createdAt: 0,
    lastUpdatedAt: 0,
    freshGeneration: false,
    generation: 0,
    episodes: 1,
    parent: null,
    inbox: [],
    timers: [],
    activities: startedAt.map((ms, taskId) => ({
      taskId,
      name: `look${taskId}`,
      input: undefined,
      runs: 1,
      ...(ms === undefined ? {} : { startedAt: ms }),
    })),
  };
}

describe('the kill test’s plan', () => {
  it('is the same for the same seed', () => {
    expect(planOf(20, 1, 3)).toEqual(planOf(20, 1, 3));
    expect(planOf(20, 1, 3).visits).not.toEqual(planOf(20, 1, 4).visits);
  });

  it('kills in the same moments for the same seed, and never twice in a row while it starts', () => {
    const [one, other] = [blowsOf(3), blowsOf(3)];
    const blows = Array.from({ length: 300 }, () => one());
    expect(blows).toEqual(blows.map(() => other()));
    const early = blows.map((blow) => blow.while === 'starting');
    expect(early).toContain(true);
    expect(early.some((is, place) => is && early[place + 1] === true)).toBe(false);
    expect(blows.every(({ while: when, afterMs }) => when === 'starting' || afterMs >= 2_000)).toBe(
      true,
    );
  });

  it('spreads everybody over the minutes, each at a machine of their own', () => {
    const { visits: all } = planOf(200, 2, 1);
    expect(all.every(({ atMs }, place) => atMs >= 600 * place && atMs <= 120_000)).toBe(true);
    expect(new Set(all.map(({ scope }) => scope)).size).toBe(200);
    expect(new Set(all.map(({ person }) => person.objectId)).size).toBe(200);
  });
});

describe('the kill test’s command line', () => {
  const quiet = () => jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  afterEach(() => jest.restoreAllMocks());

  it('has the defaults that its help names', () => {
    expect(readOptions([])).toMatchObject({ windows: 200, minutes: 2, seed: 1, json: false });
    expect(readOptions(['--windows', '20', '--minutes', '0.5'])).toMatchObject({
      windows: 20,
      minutes: 0.5,
    });
  });

  it.each([
    [['--windows', '0']],
    [['--windows', '1.5']],
    [['--minutes', '0']],
    [['--minutes', 'two']],
    [['--seed', '-1']],
    [['--port-offset', '60000']],
    [['--nothing']],
    [['left over']],
  ])('exits 2 for %j', (args) => {
    quiet();
    expect(readOptions(args)).toEqual({ exit: 2 });
  });
});
