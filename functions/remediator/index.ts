import type { app as azure } from '@azure/functions';
import { hostSchedule } from '../../shared/config/ncrontab';
import type { RemediatorWorld } from '../../shared/ports/remediatorWorld';
import { healthAnswer } from '../http/healthAnswer';
import { startNight } from './startNight';
import { takeAsk } from './takeAsk';
import { createNightWork } from './workNight';

/** What the remediator app asks of a Functions host: timers, a queue and one door. No engine. */
export type RemediatorHost = Pick<typeof azure, 'http' | 'timer' | 'storageQueue'>;

/**
 * Every door into the remediator app, the third of the three, and the only one whose identity may
 * install extensions: nobody reaches it over HTTP but for its health. What is asked of it comes
 * through a queue, what it does stands in rows.
 */
export function registerRemediator(host: RemediatorHost, world: RemediatorWorld): void {
  const work = createNightWork(world);
  host.timer('remediationDue', {
    schedule: hostSchedule(world.schedule, world.timeZone),
    handler: async () => {
      // At once: the other timer may have fired a moment before, and comes again in ten seconds.
      if ((await startNight(world)) === 'started') await work.go();
    },
  });
  // A run goes on wherever it was, each time that this fires: what ends a process ends no run.
  host.timer('remediationWork', {
    schedule: '*/10 * * * * *',
    handler: async () => {
      await work.go();
    },
  });
  host.storageQueue('remediationAsked', {
    queueName: '%REMEDIATION_QUEUE%',
    connection: 'AzureWebJobsStorage',
    handler: async (message: unknown) => {
      await takeAsk(world, message);
    },
  });
  host.http('health', {
    methods: ['GET'],
    authLevel: 'function',
    route: 'health',
    handler: () => healthAnswer({ remediation: work.part() }),
  });
}

/** The doors of an app that is off, or whose settings are faulty: it says so, and does nothing. */
export function registerIdle(host: Pick<RemediatorHost, 'http'>, faults: readonly string[]): void {
  host.http('health', {
    methods: ['GET'],
    authLevel: 'function',
    route: 'health',
    handler: () => healthAnswer({ remediation: { ok: faults.length === 0, mode: 'off', faults } }),
  });
}
