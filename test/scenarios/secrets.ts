import { MemoryStore } from '../../local/functions/index';
import { ada, administratorLogin, appGroup } from '../support/stories';
import { simulate, type Simulation } from '../support/simulatedAzure';
import { installVirtualTime, type VirtualTime } from '../virtualTime';

/** A signed token; a private key (PKCS#8, Ed25519); the host's keys; a storage key. */
const secretForms = [/eyJ[\w-]{10,}\./, /MC4CAQAwBQYDK2Vw/, /EVENTGRIDKEY|HOSTKEY/, /AccountKey=/];

describe('nothing secret is kept', () => {
  let time: VirtualTime;
  let world: Simulation;
  let store: MemoryStore;

  beforeEach(async () => {
    time = installVirtualTime();
    store = new MemoryStore();
    world = await simulate({ store });
  });

  afterEach(async () => {
    await world.close();
    time.uninstall();
  });

  it('in logs, rows and histories of a window that met faults all its life', async () => {
    world.azure.resourceManager.faults.use('arm-429');
    world.azure.pim.activate({
      person: ada,
      role: administratorLogin,
      scope: appGroup,
      durationMs: 180_000,
    });
    await time.pass(240_000);

    const windows = await world.ledger().windows.list();
    const kept = JSON.stringify([world.logs, store.load(), windows]);
    expect(world.logged('window.closed')).toHaveLength(1);
    expect(kept.includes('Ada Example')).toBe(true);
    expect(secretForms.filter((form) => form.test(kept))).toEqual([]);
  });

  it('and the search would find it', () => {
    const { token } = world.azure.login.issueToken({ objectId: 'x', name: 'x', kind: 'app' });
    expect(secretForms.filter((form) => form.test(`Bearer ${token}`))).toHaveLength(1);
  });
});
