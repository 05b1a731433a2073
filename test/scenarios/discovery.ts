import { managementGroup } from '../../local/estate';
import { customRoleGuids, identities } from '../../local/tenant';
import { createLedgerMemory } from '../../shared/ledgerMemory';
import { ada, administratorLogin, onNic, onSubnet, stories, workPolicy } from '../support/stories';

/** Every event is lost: Event Grid is as good as switched off. */
const noEvents = { eventGrid: { knobs: { lossChance: 1 } } };
const both = [onSubnet, onNic];
/** One period, and what an index that lags may add. */
const periodSeconds = 60;
/** A PUT takes 1.5 s here, and its proof two more. */
const openingSeconds = 5;
const ownAddressOnly = workPolicy.replace(/ {6}ranges.*\n/, '');

describe('with events switched off', () => {
  const { begin } = stories();

  it('an activation has its window within one period, and loses it in time', async () => {
    const story = await begin(noEvents);
    await story.seconds(11);
    story.activate({ minutes: 30 });
    await story.seconds(periodSeconds + openingSeconds);
    expect(Object.keys(story.standing())).toEqual(both);
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
    expect(story.logged('window.granted')).toHaveLength(1);
  });

  it('a deactivation closes it within a period and two questions', async () => {
    const story = await begin(noEvents);
    story.activate({ minutes: 60 });
    await story.minutes(10);
    expect(Object.keys(story.standing())).toEqual(both);
    story.deactivate();
    await story.seconds(periodSeconds + 30 + 10);
    expect(story.standing()).toEqual({});
    await story.minutes(50);
    expect(story.reasons()).toEqual([]);
  });

  it('deactivated and activated again is two windows, whatever name PIM gives', async () => {
    const story = await begin({ ...noEvents, pim: { roleAssignmentGuidReuse: true } });
    story.activate({ minutes: 60 });
    await story.minutes(10);
    story.deactivate();
    await story.seconds(5);
    story.activate({ minutes: 60 });
    await story.minutes(4);
    expect(Object.values(story.standing()).flat()).toHaveLength(2);
    await story.minutes(60);
    expect(story.reasons()).toEqual([]);
    expect(story.logged('window.granted')).toHaveLength(2);
  });

  it('a list that is stale for half a minute closes nothing that stands, nor opens what ended', async () => {
    const story = await begin({ ...noEvents, pim: { staleListMs: 25_000 } });
    story.activate({ minutes: 30 });
    await story.minutes(10);
    story.deactivate();
    await story.seconds(25 + periodSeconds + 30 + 10);
    expect(story.standing()).toEqual({});
    await story.minutes(20);
    expect(story.logged('window.granted')).toHaveLength(1);
  });

  it('what the index shows late is found when it shows it', async () => {
    const story = await begin({ ...noEvents, resourceManager: { resourceGraphLagMs: 90_000 } });
    // The first run lists the subscription whole, which is not what this story is about.
    await story.seconds(131);
    story.activate({ minutes: 30 });
    await story.seconds(80);
    expect(story.standing()).toEqual({});
    await story.seconds(10 + periodSeconds + openingSeconds);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });

  it('what the index never shows is found by the list of its subscription', async () => {
    const story = await begin({ ...noEvents, resourceManager: { resourceGraphLagMs: 86_400_000 } });
    await story.minutes(3);
    story.activate({ minutes: 60 });
    await story.minutes(11);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(52);
    expect(story.reasons()).toEqual([]);
  });

  it('an activation of a management group is found by what stands above a subscription', async () => {
    const scope = `/providers/Microsoft.Management/managementGroups/${managementGroup}`;
    const policy = workPolicy.replace(/scopes: .*/, "scopes: ['/']");
    const story = await begin({ ...noEvents, policy });
    const { pim } = story.azure;
    const role = customRoleGuids.opener;
    pim.plainAssignment({ person: identities.opener.objectId, role, scope });
    const roleDefinitionGuid = pim.role(administratorLogin).guid;
    pim.makeEligible({ principalId: ada, roleDefinitionGuid, scope });
    await story.minutes(3);
    story.activate({ minutes: 60, scope });
    await story.minutes(12);
    expect(story.reaches('vm-app-01', '198.51.100.7')).toBe(true);
    await story.minutes(52);
    expect(story.standing()).toEqual({});
  });

  it('where policy wants the person’s own address it is refused once, and not asked again', async () => {
    const story = await begin({ ...noEvents, policy: ownAddressOnly });
    story.activate({ minutes: 30 });
    await story.minutes(10);
    expect(await story.refusals()).toEqual(['noAddress']);
    expect(story.logged('intake.refused')).toHaveLength(1);
    await story.minutes(22);
    expect(story.appWrites('all')).toEqual([]);
  });

  it('what was refused is judged again by another policy', async () => {
    const nobody = workPolicy.replace(
      'ports: [rdp, ssh]',
      'ports: [rdp, ssh]\n    persons: [PERSON]',
    );
    const policy = nobody.replace('PERSON', '99999999-9999-4999-8999-999999999999');
    const story = await begin({ ...noEvents, policy });
    story.activate({ minutes: 30 });
    await story.minutes(3);
    expect(await story.refusals()).toEqual(['personNotAllowed']);
    story.killHost();
    await story.startHost({ policy: workPolicy });
    await story.minutes(2);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(28);
    expect(story.reasons()).toEqual([]);
  });

  it('what began before the ledger did is reported once, and not opened', async () => {
    const story = await begin(noEvents);
    story.killHost();
    story.activate({ minutes: 30 });
    await story.seconds(10);
    await story.startHost({ ledger: createLedgerMemory() });
    await story.minutes(31);
    expect(story.appWrites('all')).toEqual([]);
    expect(story.logged('discovery.beforeLedger')).toHaveLength(1);
  });

  it('a host that was dead meanwhile opens what it missed', async () => {
    const story = await begin(noEvents);
    await story.minutes(2);
    story.killHost();
    story.activate({ minutes: 60 });
    await story.minutes(12);
    await story.startHost();
    await story.seconds(periodSeconds + openingSeconds);
    expect(Object.keys(story.standing())).toEqual(both);
    await story.minutes(50);
    expect(story.reasons()).toEqual([]);
  });
});

describe('an activation that is told of and found at the same time', () => {
  const { begin } = stories();

  it.each([0, 5, 10, 20, 25, 29, 31, 45])(
    'with its event %d s late has one window and one rule in each NSG',
    async (seconds) => {
      const story = await begin({ eventGrid: { knobs: { delayMs: seconds * 1_000 } } });
      await story.seconds(27);
      story.activate({ minutes: 30 });
      await story.minutes(2);
      expect(Object.values(story.standing()).flat()).toHaveLength(2);
      expect(story.logged('window.granted')).toHaveLength(1);
      await story.minutes(30);
      expect(story.reasons()).toEqual([]);
    },
  );
});
