import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isClosedBySweeper } from '../../local/supervisor/appDies';
import type { LocalPlatform } from '../../local/supervisor/platform';
import { simulate, type Simulation } from '../support/simulatedAzure';
import { ada, administratorLogin, appGroup, onNic, onSubnet } from '../support/stories';
import { startSweeper, type SweeperApp } from '../support/sweeperApp';
import { installVirtualTime, type VirtualTime } from '../virtualTime';

const sample = join(__dirname, '..', '..', 'local.settings.sweeper.sample.json');
const { Values } = JSON.parse(readFileSync(sample, 'utf8')) as {
  Values: { SWEEP_SCHEDULE: string };
};
const activationMs = 80_000;

/**
 * `npm start -- --once --app-dies` with its own policy, settings and verdict. On virtual time: the
 * real one takes a minute and a half.
 */
describe('the demonstration in which the app dies', () => {
  let time: VirtualTime;
  let world: Simulation;
  let sweeper: SweeperApp;

  beforeEach(async () => {
    time = installVirtualTime();
    world = await simulate({ settings: { SWEEPER: 'required' } });
    sweeper = await startSweeper(world, { settings: { SWEEP_SCHEDULE: Values.SWEEP_SCHEDULE } });
    await time.pass(6_000);
    world.azure.pim.activate({
      person: ada,
      role: administratorLogin,
      scope: appGroup,
      durationMs: activationMs,
    });
  });

  afterEach(async () => {
    sweeper.kill();
    await world.close();
    time.uninstall();
  });

  it('is closed by the sweeper app alone, in time, and says so', async () => {
    await time.pass(20_000);
    expect(world.ourRules(onNic)).toHaveLength(1);
    expect(world.ourRules(onSubnet)).toHaveLength(1);
    world.killHost();
    await time.pass(activationMs - 20_000);
    expect(world.ourRules(onNic)).toEqual([]);
    expect(world.ourRules(onSubnet)).toEqual([]);
    expect(world.verdict().reasons).toEqual([]);
    expect(verdict()).toEqual({
      passed: true,
      text: 'All 2 rules were deleted by the identity sweeper, with the app dead.',
    });
    expect(sweeper.alarms()).toEqual([]);
  });

  it('is not called proved where the app closed itself', async () => {
    await time.pass(activationMs);
    expect(world.verdict().reasons).toEqual([]);
    expect(verdict().passed).toBe(false);
  });

  it('is not called proved where nothing was opened', async () => {
    world.killHost();
    await time.pass(activationMs);
    expect(verdict().passed).toBe(false);
  });

  function verdict(): { passed: boolean; text: string } {
    const said: string[] = [];
    const printer = { say: (_speaker: string, text: string) => said.push(text) };
    const platform = { azure: world.azure } as unknown as LocalPlatform;
    const passed = isClosedBySweeper(platform, printer as never);
    return { passed, text: said.join('\n') };
  }
});
