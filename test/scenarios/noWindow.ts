import { administratorLogin } from '../../local/tenant';
import {
  ada,
  administratorLogin as administratorLoginName,
  appGroup,
  onNic,
  onSubnet,
  stories,
  type Story,
  subscription,
} from '../support/stories';

describe('what is no activation', () => {
  const { begin } = stories();
  const imitation = 'cccccccc-0000-4000-8000-000000000001';

  it.each([
    ['a role that is not on the allow-list', activateUserLogin],
    ['a custom role that bears the name of an allowed one', activateImitation],
    ['a plain role assignment', assignPlainly],
    ['a role that PIM assigns as active', assignActive],
    ['an eligibility', makeEligible],
  ])('opens nothing: %s', async (_name, act) => {
    const story = await begin({ roles: { reader: imitationRole() } });
    act(story);
    await story.minutes(35);
    expect(story.appWrites('all')).toEqual([]);
    expect(story.logged('window.granted')).toEqual([]);
  });

  it('opens nothing without a licence for PIM, and says that it is missing', async () => {
    const story = await begin();
    story.activate();
    await story.seconds(1);
    story.azure.pim.knobs.licence = false;
    await story.minutes(31);
    expect(story.appWrites('all')).toEqual([]);
    story.expects({ alarms: ['licenceMissing'] });
  });

  it('opens nothing when its event comes three hours late, and it was over by then', async () => {
    const story = await begin({ eventGrid: { knobs: { delayMs: 3 * 3_600_000 } } });
    // Too short for a window, so that none was opened without the event either.
    story.activate({ minutes: 5 });
    await story.minutes(190);
    expect(story.appWrites('all')).toEqual([]);
  });

  /** The reader's own custom role under the name of the built-in one. */
  function imitationRole(): unknown {
    const Actions = ['Microsoft.Compute/virtualMachines/read'];
    return { Name: administratorLoginName, Id: imitation, Actions, NotActions: [] };
  }

  function activateUserLogin(story: Story): void {
    const role = 'Virtual Machine User Login';
    eligibleFor(story, role);
    story.activate({ role });
  }

  function activateImitation(story: Story): void {
    const role = 'bbbbbbbb-0000-4000-8000-000000000003';
    eligibleFor(story, role);
    expect(story.azure.pim.roleDefinitions().find(({ guid }) => guid === role)?.name).toBe(
      administratorLoginName,
    );
    story.activate({ role });
  }

  function assignPlainly({ azure }: Story): void {
    azure.pim.plainAssignment({ person: ada, role: administratorLogin, scope: appGroup });
  }

  function assignActive({ azure }: Story): void {
    const target = { person: ada, role: administratorLogin, scope: appGroup };
    azure.pim.assignActive({ ...target, duration: 'PT30M' });
  }

  function makeEligible(story: Story): void {
    eligibleFor(story, administratorLogin);
  }

  function eligibleFor({ azure }: Story, roleDefinitionGuid: string): void {
    azure.pim.makeEligible({ principalId: ada, roleDefinitionGuid, scope: subscription });
  }
});

describe('an activation that is listed late', () => {
  const { begin } = stories();

  it('by 40 s opens then', async () => {
    const story = await begin({ pim: { listingLagMs: 40_000 } });
    story.activate();
    await story.seconds(39);
    expect(story.appWrites()).toEqual([]);
    await story.seconds(31);
    expect(story.reaches('vm-app-01')).toBe(true);
    await story.minutes(30);
    expect(story.reasons()).toEqual([]);
  });
});

describe('a faulty policy', () => {
  const { begin } = stories();

  it('opens nothing, and says why', async () => {
    const story = await begin({ openingFaulty: true });
    story.activate();
    await story.minutes(31);
    expect(story.appWrites('all')).toEqual([]);
    story.expects({ alarms: ['openingsDisabled'] });
  });

  it('keeps no open window from closing', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(5);
    story.killHost();
    await story.seconds(5);
    await story.startHost({ openingFaulty: true });
    await story.minutes(15);
    expect(Object.keys(story.standing())).toEqual([onSubnet, onNic]);
    await story.minutes(12);
    expect(story.reasons()).toEqual([]);
  });

  it('keeps no early end from being heard', async () => {
    const story = await begin();
    story.activate();
    await story.minutes(6);
    story.killHost();
    await story.startHost({ openingFaulty: true });
    story.deactivate();
    await story.minutes(4);
    expect(story.standing()).toEqual({});
    await story.minutes(22);
    expect(story.reasons()).toEqual([]);
  });

  it('keeps no window from closing that was just being opened', async () => {
    const story = await begin();
    story.activate();
    await story.seconds(4.5);
    story.killHost();
    await story.startHost({ openingFaulty: true });
    await story.minutes(31);
    expect(story.standing()).toEqual({});
  });
});
