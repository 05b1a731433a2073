import { noticesDue } from '../../functions/timers/noticesDue';
import { assortedMachines } from '../../local/assortedMachines';
import { assortedEstate } from '../../local/nightEstate';
import type { RemediationAsk } from '../../shared/domain/remediation/ask';
import { apiOf, type Call } from '../support/callApi';
import { createIntakeWorld } from '../support/intakeWorld';
import { type NightApp, startNightApp } from '../support/nightApp';
import { nightAzure, untilOver } from '../support/nightStage';
import { channelOf, noticesBy } from '../support/noticeChannels';
import { installVirtualTime, type VirtualTime } from '../virtualTime';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime('2026-11-30T14:00:00.000Z');
});
afterEach(() => time.uninstall());

/** Both apps over one ledger: the main one asks by a queue of which each message comes twice. */
function stage() {
  const azure = nightAzure(assortedEstate());
  const app = startNightApp(azure);
  const world = createIntakeWorld();
  const teams = channelOf('teams');
  Object.assign(world.clock, { now: () => time.now() });
  world.notices = noticesBy(teams);
  const send = async (ask: RemediationAsk): Promise<void> => {
    const text = JSON.stringify(ask);
    await app.ask(text);
    await app.ask(text);
  };
  world.remediation = { ledger: app.ledger, queue: { send }, cloud: 'AzureCloud' };
  const api = apiOf(world, world.starter);
  const call = (name: string, one: Call = {}) => api.call(name, { as: 'rhea', ...one });
  const ask = async (body: object): Promise<string> => {
    const headers = { 'idempotency-key': 'one' };
    const answer = await call('requestRemediation', { headers, body });
    expect(answer.status).toBe(202);
    return String(answer.body['id']);
  };
  return { azure, app, world, teams, call, ask };
}

type Told = { readonly name: string; readonly outcome: string; readonly next: string };

function end(azure: ReturnType<typeof nightAzure>, app: NightApp): void {
  app.kill();
  azure.close();
}

describe('a run that an operator asks for', () => {
  it('writes nothing where it is dry, and reports what it would', async () => {
    const { azure, app, call, ask } = stage();
    const id = await ask({ reason: 'To see' });
    await untilOver(time, app.ledger, id);
    expect(azure.resourceManager.writeLog.records).toEqual([]);
    const { body } = await call('getRemediation', { id });
    expect(body).toMatchObject({ phase: 'done', dryRun: true, writes: 0, secondsLeft: 0 });
    const report = await call('readReport', { id, query: '?outcome=wouldFix' });
    const vms = report.body['vms'] as (Told & { writes: string[] })[];
    expect(vms.length).toBeGreaterThan(0);
    expect(vms.every(({ writes }) => writes.length > 0)).toBe(true);
    end(azure, app);
  });

  it('makes VMs ready, tells of each what to do, and of itself once', async () => {
    const { azure, app, world, teams, call, ask } = stage();
    const id = await ask({ reason: 'New VMs', dryRun: false });
    await untilOver(time, app.ledger, id);
    const { body } = await call('readReport', { id });
    const vms = body['vms'] as Told[];
    expect(vms.map(({ name }) => name).sort()).toEqual(
      assortedMachines.map(({ plan }) => plan.name).sort(),
    );
    const fixed = assortedMachines.filter((one) => one.end === 'fixed').length;
    expect(vms.filter(({ outcome }) => outcome === 'fixed')).toHaveLength(fixed);
    // Whatever did not become ready says what somebody can do.
    for (const { name, outcome, next } of vms) {
      if (outcome !== 'ready' && outcome !== 'fixed') expect([name, next]).not.toEqual([name, '']);
    }
    await Promise.all([noticesDue(world), noticesDue(world)]);
    await noticesDue(world);
    expect(teams.heard.map(({ subject }) => subject)).toEqual([`remediations/${id}`]);
    expect(teams.heard[0]?.card.lines).toHaveLength(5);
    expect(teams.heard[0]?.card.lines[1]).toEqual(['Fixed', String(fixed)]);
    end(azure, app);
  });

  it('ends when it is cancelled, and nothing is begun after that', async () => {
    const { azure, app, call, ask } = stage();
    const id = await ask({ reason: 'New VMs', dryRun: false });
    await time.pass(20_000);
    expect((await call('cancelRemediation', { id, body: {} })).status).toBe(202);
    const before = azure.resourceManager.writeLog.records.length;
    await untilOver(time, app.ledger, id);
    expect((await call('getRemediation', { id })).body).toMatchObject({ phase: 'cancelled' });
    expect((await call('cancelRemediation', { id, body: {} })).status).toBe(200);
    // What had its identity by then gets no extension any more.
    expect(azure.resourceManager.writeLog.records.length).toBeLessThanOrEqual(before + 1);
    end(azure, app);
  });

  it('lets a VM out of quarantine that an operator releases', async () => {
    const { azure, app, call } = stage();
    for (let day = 1; day <= 12; day += 1) {
      await app.startNight();
      await time.pass(24 * 3_600_000);
    }
    const listed = await call('listQuarantine');
    const [first] = listed.body['vms'] as { id: string; vm: string; next: string }[];
    expect(first?.next).not.toBe('');
    const body = { reason: 'It was mended' };
    expect((await call('releaseVm', { id: first?.id ?? '', body })).status).toBe(202);
    const left = (await call('listQuarantine')).body['vms'] as { vm: string }[];
    expect(left.map(({ vm }) => vm)).not.toContain(first?.vm);
    end(azure, app);
  });
});
