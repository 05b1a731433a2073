import type { app as azure } from '@azure/functions';
import { createLog } from '../shared/log';
import { faultyHealth, faultyReady } from './http/faultyHealth';

/**
 * The doors of an app whose closing half is faulty: it can neither open nor close, so it says so,
 * to whoever asks and once a minute to whoever reads alarms.
 */
export function registerFaulty(
  host: Pick<typeof azure, 'http' | 'timer'>,
  faults: readonly string[],
): void {
  host.http('health', {
    methods: ['GET'],
    authLevel: 'function',
    route: 'health',
    handler: faultyHealth(faults),
  });
  host.timer('closingDisabled', {
    schedule: '0 * * * * *',
    handler: (_timer, context) => {
      createLog((line) => context.error(line)).alarm('closingDisabled', { faults });
    },
  });
}

/** The door for probes that hold no key, of a main app that is faulty: not ready. */
export function registerNotReady(host: Pick<typeof azure, 'http'>): void {
  host.http('ready', {
    methods: ['GET'],
    authLevel: 'anonymous',
    route: 'ready',
    handler: faultyReady(),
  });
}
