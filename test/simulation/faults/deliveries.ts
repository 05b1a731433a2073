import type { Crossing } from '../boundaries';
import type { Dice } from '../dice';
import { guidFrom } from '../guids';
import { forgedAddress, secondAddress } from '../people';
import type { FaultKind, Stage } from '../stage';
import { firstOf, post } from './events';

const ended = /roleAssignments\/delete/i;
const requestWrite = /roleAssignmentScheduleRequests\/write/i;

/** Events of people's own requests, on their way to the app. */
function tellsAddress({ kind, input }: Crossing): boolean {
  return kind === 'delivery' && requestWrite.test(bodyOf(input));
}

function bodyOf(input: unknown): string {
  if (typeof input === 'string') return input;
  const { body } = input as { readonly body?: string };
  return body ?? '';
}

/** The same event with another address, under another id. */
function withAddress(body: string, address: string, dice: Dice): string {
  const event = { ...firstOf(body), id: guidFrom(dice) };
  return JSON.stringify([event]).replace(/("ipaddr":")[^"]*"/, `$1${address}"`);
}

/** The same event of a request that nobody made. */
function ofNoRequest(body: string, dice: Dice): string {
  const form = /(roleAssignmentScheduleRequests\/)[0-9a-f-]{36}/gi;
  const name = guidFrom(dice);
  return body.replaceAll(form, (_all, type: string) => `${type}${name}`);
}

function forged(
  name: string,
  heldMs: number,
  make: (body: string, dice: Dice) => string,
): FaultKind {
  return {
    name,
    group: 'events',
    aim: 'opening',
    skip: 0,
    forMs: [30_000, 60_000],
    install: (stage: Stage, fault) => {
      const dice = stage.dice(fault);
      stage.strike({ ...fault, atMs: Math.max(0, fault.atMs - 20_000) }, tellsAddress, (told) => ({
        at: 'before',
        deed: {
          do: 'delay',
          ms: heldMs,
          meanwhile: () => {
            if (stage.simulation().isRunning()) void post(stage, make(bodyOf(told.input), dice));
          },
        },
      }));
    },
  };
}

/** What becomes of events on their way. */
export const deliveryFaults: readonly FaultKind[] = [
  {
    // Event Grid tries again for a day; meanwhile nobody tells that anything has ended.
    name: 'ends not delivered',
    group: 'events',
    aim: 'opened',
    forMs: [400_000, 600_000],
    times: [100_000, 100_000],
    skip: 0,
    onlyNamed: true,
    install: (stage, fault) => {
      stage.strike(
        fault,
        ({ kind, input }) => kind === 'delivery' && ended.test(bodyOf(input)),
        () => ({ at: 'before', deed: { do: 'fail', error: () => new Error('No route.') } }),
      );
    },
  },
  // Whoever has the key of the door tells addresses of others' requests: nobody gets in from there.
  // While the true event is held up, the false one is all there is.
  forged('forged address', 9_000, (body, dice) =>
    ofNoRequest(withAddress(body, forgedAddress, dice), dice),
  ),
  // Two words about one request: neither counts.
  forged('second address for a request', 1, (body, dice) => withAddress(body, secondAddress, dice)),
];
