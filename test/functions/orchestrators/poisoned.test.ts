import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OrchestrationContext, OrchestrationHandler } from 'durable-functions';
import { accessWindow } from '../../../functions/orchestrators/accessWindow';
import { activationIntake } from '../../../functions/orchestrators/activationIntake';
import { type Recording, turnsOf } from '../../histories/history';
import { differences, replayOf, type Replay } from '../../histories/replay';
import { poisoned } from './poison';

const folder = join(__dirname, '..', '..', 'histories');
const recordings = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recording);

const deaf =
  (replay: Replay): Replay =>
  (payload) =>
    poisoned(() => replay(payload));

describe.each([
  ['accessWindow', accessWindow],
  ['activationIntake', activationIntake],
])('%s', (name, orchestrator) => {
  it('looks at no clock, chance, network, setting or timer in any episode', async () => {
    const own = recordings.filter((one) => one.orchestrator === name);
    const replay = deaf(replayOf(orchestrator));
    for (const recording of own) expect(await differences(recording, replay)).toEqual([]);
    expect(own.flatMap(turnsOf).length).toBeGreaterThan(30);
  });
});

describe('the poison', () => {
  const [turn] = recordings.flatMap(turnsOf);

  it.each<[string, () => unknown]>([
    ['Date.now', () => Date.now()],
    ['new Date', () => new Date()],
    ['Date()', () => Date()],
    ['chance', () => Math.random()],
    ['fetch', () => fetch('https://example.invalid')],
    ['a setting', () => process.env['ANY']],
    ['a timer', () => setTimeout(() => undefined, 1)],
    ['an id', () => crypto.randomUUID()],
  ])('stops an orchestrator that uses %s, and is gone afterwards', async (_what, use) => {
    const orchestrator: OrchestrationHandler = function* (context: OrchestrationContext) {
      use();
      yield context.df.callActivity('advanceWindow', {});
      return '';
    };
    const replay = deaf(replayOf(orchestrator));
    await expect(turn === undefined ? null : replay(turn.payload)).rejects.toThrow(
      'An orchestrator asked for',
    );
    expect(Date.now()).toBeGreaterThan(0);
    expect(process.env['ANY']).toBeUndefined();
  });
});
