import { estateOf, resourceId, vmId } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { createNightMemory } from '../../../shared/ledgerMemory';
import { type NightApp, type NightAppOptions, startNightApp } from '../../support/nightApp';
import {
  bareVm,
  entriesOf,
  manyVms,
  nightAzure,
  outcomesOf,
  untilOver,
  vmWrites,
} from '../../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../../virtualTime';

const minute = 60_000;
const night = 'night-20261130';
let time: VirtualTime;
let azure: LocalAzure;
let apps: NightApp[] = [];

beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
});
afterEach(() => {
  for (const app of apps.splice(0)) app.kill();
  azure.close();
  time.uninstall();
});

const user = resourceId('rg-app', 'Microsoft.ManagedIdentity', 'userAssignedIdentities', 'id');

const subnetWays = { 'snet-app': { natGatewayId: '/nat' } };

type Vms = Parameters<typeof estateOf>[0]['vms'];

function begin(vms: Vms, options: NightAppOptions = {}, may = {}): NightApp {
  azure = nightAzure(estateOf({ vms, subnetWays }), {}, may);
  return another(options);
}

/** One more app beside those that run, in the same Azure. */
function another(options: NightAppOptions = {}): NightApp {
  const app = startNightApp(azure, options);
  apps.push(app);
  return app;
}

const askBy = (id: string, changes: object = {}) => ({
  kind: 'start',
  schema: 1,
  id,
  askedBy: '33333333-3333-4333-8333-333333333334',
  askedAt: time.now(),
  scopes: [],
  dryRun: false,
  ...changes,
});
const asked = 'asked-abcdefghijklmnop';

describe('a night', () => {
  it('makes ready what can be, and leaves the rest alone with its reason', async () => {
    const keeps = { system: false, userAssigned: [user] };
    const app = begin(
      [
        { name: 'bare', ...bareVm },
        { name: 'no-identity' },
        { name: 'linux', osType: 'Linux', ...bareVm },
        { name: 'stopped', powerState: 'deallocated', ...bareVm },
        { name: 'silent', agent: 'notReady', ...bareVm },
        { name: 'users', identity: keeps },
        { name: 'allowed', identity: keeps, tags: { 'postern-system-identity': 'allow' } },
        { name: 'domain', tags: { 'domain-joined': '' }, ...bareVm },
        { name: 'off', tags: { 'postern-remediation': 'off' }, ...bareVm },
        { name: 'no-endpoint', guest: { login: 'discovery' }, ...bareVm },
        { name: 'no-end', guest: { login: 'neverEnds' }, ...bareVm },
      ],
      {},
      { mayKeepIdentities: true },
    );
    await app.startNight();
    const row = await untilOver(time, app.ledger, night);
    expect(await outcomesOf(app.ledger, night)).toEqual({
      bare: 'fixed',
      'no-identity': 'fixed',
      linux: 'fixed',
      stopped: 'skipped notRunning',
      silent: 'skipped agentNotReady',
      users: 'skipped userAssignedIdentities',
      allowed: 'fixed',
      domain: 'skipped domainJoined',
      off: 'skipped optedOut',
      'no-endpoint': 'failed extensionFailed',
      'no-end': expect.stringMatching(/^failed (?:extensionFailed|neverEnded)$/),
    });
    expect(vmWrites(azure)).toEqual({
      bare: ['PUT'],
      'no-identity': ['PATCH', 'PUT'],
      linux: ['PUT'],
      allowed: ['PATCH', 'PUT'],
      'no-endpoint': ['PUT'],
      'no-end': ['PUT'],
    });
    expect(row.tally.ended).toEqual({
      ready: 0,
      fixed: 4,
      wouldFix: 0,
      skipped: 5,
      failed: 2,
      quarantined: 0,
    });
    const after = await app.world().machines.readMachine(vmId('allowed'));
    expect(after?.candidate.identity).toEqual({ system: true, userAssigned: [user] });
  });

  it('takes a VM that vanishes between the look and the write for gone, not for failed', async () => {
    const app = begin([{ name: 'bare', ...bareVm }]);
    const { faults, estate } = azure.resourceManager;
    faults.add({
      when: ({ method }) => {
        if (method === 'PUT') estate.removeVm(vmId('bare'));
        return false;
      },
    });
    await app.startNight();
    await untilOver(time, app.ledger, night);
    expect(await outcomesOf(app.ledger, night)).toEqual({ bare: 'skipped vanished' });
  });

  it('takes no identity away where it may not send them again, and says what it lacks', async () => {
    const identity = { system: false, userAssigned: [user] };
    const app = begin([{ name: 'kept', identity, tags: { 'postern-system-identity': 'allow' } }]);
    await app.startNight();
    await untilOver(time, app.ledger, night);
    expect(await outcomesOf(app.ledger, night)).toEqual({ kept: 'failed identityForbidden' });
    expect(vmWrites(azure)).toEqual({});
    const after = await app.world().machines.readMachine(vmId('kept'));
    expect(after?.candidate.identity).toEqual(identity);
  });

  it('in which nothing is found says so: an identity without rights sees no estate', async () => {
    const app = begin([]);
    await app.startNight();
    expect(await untilOver(time, app.ledger, night)).toMatchObject({ trouble: 'nothingFound' });
  });

  it('that is a scope’s first writes nothing, and tells what the second then does', async () => {
    const app = begin([{ name: 'bare', ...bareVm }], { rules: { firstNight: 'dryRun' } });
    await app.startNight();
    await untilOver(time, app.ledger, night);
    expect(await outcomesOf(app.ledger, night)).toEqual({ bare: 'wouldFix' });
    expect(vmWrites(azure)).toEqual({});
    const [entry] = await entriesOf(app.ledger, night);
    expect(entry?.end?.writes).toMatchObject([{ what: 'extension', name: 'AADLoginForWindows' }]);
    await time.pass(24 * 60 * minute);
    await app.startNight();
    const [second] = (await app.ledger.remediationsLive.list()).map(({ row }) => row.id);
    await untilOver(time, app.ledger, second ?? '');
    expect(await outcomesOf(app.ledger, second ?? '')).toEqual({ bare: 'fixed' });
  });

  it('that is begun twice is one, and a second one while it runs is merged into it', async () => {
    const app = begin(manyVms(3, bareVm));
    expect(await Promise.all([app.startNight(), app.startNight()])).toEqual(
      expect.arrayContaining(['started', 'exists']),
    );
    await time.pass(30_000);
    time.uninstall();
    time = installVirtualTime('2026-12-01T02:30:00.000Z');
    expect(await app.startNight()).toBe('merged');
    expect((await app.ledger.remediations.list()).map(({ row }) => row.id)).toEqual([night]);
    expect((await app.ledger.remediations.get(night))?.row.merged).toBe(2);
  });

  it('finds nothing to do in the next one', async () => {
    const app = begin(manyVms(3, bareVm));
    await app.startNight();
    await untilOver(time, app.ledger, night);
    await app.ask(askBy(asked));
    const row = await untilOver(time, app.ledger, asked);
    expect(row.tally).toMatchObject({ found: 3, writes: 0, reads: 0, ended: { ready: 3 } });
  });
});

describe('a night that is killed', () => {
  it('every five minutes goes on where it was, and writes nothing twice', async () => {
    const app = begin(manyVms(250, {}));
    await app.startNight();
    for (let life = 0; life < 6; life++) {
      await time.pass(5 * minute - 1_500 * life);
      app.kill();
      await time.pass(500);
      app.start();
    }
    await untilOver(time, app.ledger, night);
    const outcomes = await outcomesOf(app.ledger, night);
    expect(Object.keys(outcomes)).toHaveLength(250);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['fixed']));
    expect(new Set(Object.values(vmWrites(azure)).map(String))).toEqual(new Set(['PATCH,PUT']));
  });

  it.each([700, 1_300, 2_900, 4_100, 7_300])(
    'each %s ms from the first on has each VM once, and writes nothing twice',
    async (lifeMs) => {
      const app = begin(manyVms(60, bareVm));
      await app.startNight();
      for (let life = 0; life < 12; life++) {
        // The timer of a new process fires ten seconds after its start.
        await time.pass(10_000 + lifeMs);
        app.kill();
        app.start();
      }
      await untilOver(time, app.ledger, night);
      const entries = await entriesOf(app.ledger, night);
      expect(new Set(entries.map(({ vmId: id }) => id)).size).toBe(60);
      expect(entries).toHaveLength(60);
      expect(new Set(Object.values(vmWrites(azure)).map(String))).toEqual(new Set(['PUT']));
    },
  );

  it('and taken up by two workers at once is worked on by one of them', async () => {
    const ledger = createNightMemory();
    const app = begin(manyVms(60, bareVm), { ledger });
    another({ ledger });
    await app.startNight();
    const row = await untilOver(time, ledger, night);
    expect(row.tally.ended.fixed).toBe(60);
    expect(new Set(Object.values(vmWrites(azure)).map(String))).toEqual(new Set(['PUT']));
  });
});

describe('a run that is asked for', () => {
  it('twice is one run, and one that is over stays over', async () => {
    const app = begin([{ name: 'bare', ...bareVm }]);
    expect(await app.ask(JSON.stringify(askBy(asked)))).toBe('started');
    expect(await app.ask(askBy(asked))).toBe('exists');
    await untilOver(time, app.ledger, asked);
    expect(await app.ask(askBy(asked))).toBe('exists');
    await time.pass(minute);
    expect(vmWrites(azure)).toEqual({ bare: ['PUT'] });
    expect(await app.ledger.remediationsLive.list()).toEqual([]);
  });

  it('looks at no more than was asked for, and at nothing that the rules leave out', async () => {
    const app = begin([
      { name: 'one', ...bareVm },
      { name: 'two', ...bareVm },
    ]);
    await app.ask(askBy(asked, { scopes: [vmId('one').toLowerCase()] }));
    await untilOver(time, app.ledger, asked);
    expect(await outcomesOf(app.ledger, asked)).toEqual({ one: 'fixed' });
    const foreign = 'asked-foreignforeignforeign';
    const scopes = ['/subscriptions/99999999-9999-4999-8999-999999999999'];
    await app.ask(askBy(foreign, { scopes }));
    const row = await untilOver(time, app.ledger, foreign);
    expect(row).toMatchObject({ trouble: 'scopeNotAllowed', tally: { found: 0 } });
  });

  it('as a dry run writes nothing', async () => {
    const app = begin([{ name: 'bare' }]);
    await app.ask(askBy(asked, { dryRun: true }));
    await untilOver(time, app.ledger, asked);
    expect(await outcomesOf(app.ledger, asked)).toEqual({ bare: 'wouldFix' });
    expect(vmWrites(azure)).toEqual({});
  });

  it('can be cancelled: nothing new is begun, what was sent is watched to its end', async () => {
    const app = begin(manyVms(400, bareVm));
    await app.ask(askBy(asked));
    await time.pass(25_000);
    const cancel = { kind: 'cancel', schema: 1, id: asked, askedBy: askBy(asked).askedBy };
    expect(await app.ask(cancel)).toBe('cancelling');
    const row = await untilOver(time, app.ledger, asked);
    const outcomes = Object.values(await outcomesOf(app.ledger, asked));
    const fixed = outcomes.filter((one) => one === 'fixed').length;
    expect(row).toMatchObject({ phase: 'cancelled', cancelledBy: cancel.askedBy });
    expect(outcomes.filter((one) => one === 'skipped cancelled')).toHaveLength(400 - fixed);
    expect(Object.keys(vmWrites(azure))).toHaveLength(fixed);
    expect(fixed).toBeLessThan(400);
    expect(await app.ask(cancel)).toBe('nothing');
  });

  it('ends what waits for another try as soon as it is cancelled', async () => {
    const app = begin([{ name: 'ill', guest: { login: 'agentSilent' }, ...bareVm }]);
    await app.ask(askBy(asked));
    const failed = (): boolean =>
      azure.resourceManager.writeLog.records.some(({ outcome }) => outcome === 'failed');
    await time.passUntil(failed, 30 * minute);
    // It is looked at, and then waits for five minutes.
    await time.pass(2 * minute);
    await app.ask({ kind: 'cancel', schema: 1, id: asked, askedBy: askBy(asked).askedBy });
    await time.pass(minute);
    expect(await outcomesOf(app.ledger, asked)).toEqual({ ill: 'skipped cancelled' });
    expect(vmWrites(azure)).toEqual({ ill: ['PUT'] });
  });

  it('longer than a day ago is not wanted any more', async () => {
    const app = begin([{ name: 'bare', ...bareVm }]);
    const askedAt = time.now() - 25 * 60 * minute;
    expect(await app.ask(askBy(asked, { askedAt }))).toBe('stale');
    expect(await app.ledger.remediationsLive.list()).toEqual([]);
  });

  it.each([
    '',
    'start',
    '{"kind":"start"}',
    '[]',
    'null',
    { kind: 'start', schema: 2 },
    { kind: 'cancel', schema: 1, id: '../../x', askedBy: 'x' },
    { kind: 'release', schema: 1, vmId: 'vm', askedBy: 'x' },
  ])('in words that nobody understands (%j) is dropped and told', async (message) => {
    const app = begin([{ name: 'bare', ...bareVm }]);
    expect(await app.ask(message)).toBe('unreadable');
    expect(app.logs.map(({ event }) => event)).toContain('remediation.askUnreadable');
  });

  it('with more than it may hold is dropped', async () => {
    const app = begin([{ name: 'bare', ...bareVm }]);
    expect(await app.ask(askBy(asked, { force: true }))).toBe('unreadable');
    expect(await app.ask(askBy(asked, { scopes: ['/subscriptions/x'] }))).toBe('unreadable');
    expect(await app.ask(askBy('night-20261130'))).toBe('unreadable');
  });
});

describe('a VM that fails', () => {
  it('in three nights is in quarantine, until somebody releases it', async () => {
    const app = begin([{ name: 'ill', guest: { login: 'discovery' }, ...bareVm }]);
    const runs: string[] = [];
    for (let day = 0; day < 7; day++) {
      await app.startNight();
      const [run = ''] = (await app.ledger.remediationsLive.list()).map(({ row }) => row.id);
      runs.push(run);
      await untilOver(time, app.ledger, run);
      const midnight = Date.parse('2026-11-30T02:30:00Z') + (day + 1) * 24 * 60 * minute;
      await time.pass(midnight - time.now());
    }
    const outcomes = await Promise.all(runs.map((run) => outcomesOf(app.ledger, run)));
    expect(outcomes.map(({ ill }) => ill)).toEqual([
      'failed extensionFailed',
      'failed extensionFailed',
      'skipped paused',
      'skipped paused',
      'failed extensionFailed',
      'quarantined quarantined',
      'quarantined quarantined',
    ]);
    const release = { kind: 'release', schema: 1, vmId: vmId('ill'), askedBy: askBy('').askedBy };
    expect(await app.ask(release)).toBe('released');
    expect(await app.ask(release)).toBe('nothing');
    await app.ask(askBy(asked));
    await untilOver(time, app.ledger, asked);
    expect(await outcomesOf(app.ledger, asked)).toEqual({ ill: 'failed extensionFailed' });
  });
});
