import { judgeNight } from '../../local/azure/evidence/nightVerdict';
import { assortedMachines } from '../../local/assortedMachines';
import { assortedEstate } from '../../local/nightEstate';
import { startNightApp } from '../support/nightApp';
import { nightAzure, outcomesOf, untilOver } from '../support/nightStage';
import { installVirtualTime, type VirtualTime } from '../virtualTime';

let time: VirtualTime;
beforeEach(() => {
  time = installVirtualTime('2026-11-30T02:30:00.000Z');
});
afterEach(() => time.uninstall());

const failing = new Set(['identityForbidden', 'extensionFailed', 'neverEnded']);
const failed = new Set(['win-falls-mute']);

/** What the report says of a machine of this end. */
function outcomeOf(name: string, end: string): string {
  if (end === 'ready' || end === 'fixed') return end;
  return `${failing.has(end) || failed.has(name) ? 'failed' : 'skipped'} ${end}`;
}

it('makes of each of forty assorted machines what its name says', async () => {
  const estate = assortedEstate();
  const azure = nightAzure(estate);
  const app = startNightApp(azure);
  await app.startNight();
  await untilOver(time, app.ledger, 'night-20261130');
  expect(await outcomesOf(app.ledger, 'night-20261130')).toEqual(
    Object.fromEntries(
      assortedMachines.map(({ plan, end }) => [plan.name, outcomeOf(plan.name, end)]),
    ),
  );
  const left = new Set(
    assortedMachines
      .filter(({ plan, end }) => outcomeOf(plan.name, end).startsWith('skipped'))
      .map(({ plan }) => plan.name),
  );
  const { writeLog, estate: store } = azure.resourceManager;
  const verdict = judgeNight({
    records: writeLog.records,
    before: estate.virtualMachines,
    present: store.vms.values(),
    isForbidden: ({ id }) => left.has(id.slice(id.lastIndexOf('/') + 1)),
  });
  expect(verdict.reasons).toEqual([]);
  const fixed = assortedMachines.filter(({ end }) => end === 'fixed').length;
  expect(verdict.ready).toEqual({ before: 2, now: 2 + fixed });
  app.kill();
  azure.close();
});
