import type { Principal } from '../../local/azure/pim/types';
import { seededChance } from '../../local/chance';
import { type Estate, estateOf, guidOf, vmId } from '../../local/estate';

/** Somebody who activates a role on one machine. */
export type Visit = {
  person: Principal;
  /** Id of the VM. */
  scope: string;
  /** After the beginning, in milliseconds. */
  atMs: number;
  durationMs: number;
};

/** All that is to happen, known beforehand. */
export type Plan = { estate: Estate; visits: Visit[] };

/**
 * An opening that is broken off is taken up again by reconcile after a minute and a little; and
 * Resource Graph gives three queries a second, of which a window needs two: 200 activations in two
 * minutes queue up, for which 25 reads a second are just enough. They have to last long enough for
 * all of that.
 */
const durationMs = { least: 180_000, most: 300_000 };

/**
 * How long the host lives once it is ready. In some two seconds it has swept once: were it killed
 * before that each time, it would be no app that is killed, but a dead one.
 */
const lifeMs = { least: 2_000, most: 16_000 };

/** Every now and then it does not even get ready; never twice in a row. */
const startingShare = 0.15;
const startingMs = { least: 50, most: 800 };

/** When the next kill strikes, in milliseconds after the host is ready, or while it starts. */
export type Blow = { while: 'starting' | 'ready'; afterMs: number };

/** Everybody has a machine; every fourth stands on the NSG of the one before it. */
export function planOf(windows: number, minutes: number, seed: number): Plan {
  const chance = seededChance(seed);
  const numbers = Array.from({ length: windows }, (_item, at) => at);
  const name = (at: number): string => `vm-${at + 1}`;
  const nsgOf = (at: number): string => `nsg-${name(at % 4 === 3 ? at - 1 : at)}`;
  const estate = estateOf({
    vms: numbers.map((at) => ({ name: name(at), nics: [{ nsg: nsgOf(at) }] })),
    subnetNsgs: { 'snet-app': null },
  });
  const stepMs = (minutes * 60_000) / windows;
  const visits = numbers.map((at): Visit => ({
    person: personOf(at),
    scope: vmId(name(at)),
    atMs: (at + chance()) * stepMs,
    durationMs: Math.round(between(chance, durationMs)),
  }));
  return { estate, visits };
}

/** Draws one kill after the other. */
export function blowsOf(seed: number): () => Blow {
  // Chance of its own: how often the host was killed must not change who comes when.
  const chance = seededChance(seed ^ 0x5bd1e995);
  let before: Blow['while'] = 'starting';
  return () => {
    const early = chance() < startingShare && before === 'ready';
    before = early ? 'starting' : 'ready';
    return { while: before, afterMs: between(chance, early ? startingMs : lifeMs) };
  };
}

function personOf(at: number): Principal {
  const number = at + 1;
  return {
    objectId: guidOf(`person ${number}`),
    type: 'User',
    displayName: `Person ${number}`,
    upn: `person${number}@contoso.com`,
    ipAddress: `203.0.113.${1 + (at % 250)}`,
  };
}

function between(chance: () => number, { least, most }: typeof lifeMs): number {
  return least + chance() * (most - least);
}
