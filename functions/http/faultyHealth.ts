import type { HttpHandler } from '@azure/functions';
import { healthAnswer, readyAnswer } from './healthAnswer';

/** Health of an app whose closing half is faulty: red, naming every fault. */
export function faultyHealth(faults: readonly string[]): HttpHandler {
  return () => healthAnswer({ closing: { ok: false, faults }, opening: { ok: false } });
}

/** The same for whoever holds no key. */
export function faultyReady(): HttpHandler {
  return () => readyAnswer({ closing: { ok: false } });
}
