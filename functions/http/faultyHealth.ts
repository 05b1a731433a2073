import type { HttpHandler } from '@azure/functions';
import { healthAnswer } from './healthAnswer';

/** Health of an app whose closing half is faulty: red, naming every fault. */
export function faultyHealth(faults: readonly string[]): HttpHandler {
  return () => healthAnswer({ closing: { ok: false, faults }, opening: { ok: false } });
}
