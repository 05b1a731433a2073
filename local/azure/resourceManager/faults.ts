import type { ArmRequest, ArmResponse } from '../contract';
import type { OperationEnd } from './call';
import { gatewayError } from './http';

/** Something that goes wrong on purpose. All parts that are given apply. */
export type Fault = {
  /** For printing. */
  name?: string;
  when: (request: ArmRequest) => boolean;
  /** How often it strikes; without it, for ever. */
  times?: number;
  /** Waits before the request is looked at. */
  delayMs?: number;
  /** Answered in place of Azure: nothing takes effect (but see `lateMs`). */
  answer?: ArmResponse | ((request: ArmRequest) => ArmResponse);
  /** The connection is lost: `handle` throws ECONNRESET, before or after the effect. */
  drop?: 'beforeEffect' | 'afterEffect';
  /** With `answer` or `drop: 'beforeEffect'`: Azure carries the request out all the same, later. */
  lateMs?: number;
  /** Waits before the answer is handed over; the effect is under way. */
  delayAnswerMs?: number;
  /** An accepted operation ends so. */
  operation?: OperationEnd;
};

/** Faults that may be switched on by name. */
type NamedFault = 'arm-429' | 'arm-down-30s';

/** The faults in force. */
export type Faults = {
  /** Adds one; the returned function takes it away. The first that matches strikes. */
  add(fault: Fault): () => void;
  /** Switches a named fault on. */
  use(name: NamedFault): void;
  clear(): void;
  /** How often each fault with a name has struck. */
  struck: ReadonlyMap<string, number>;
  /** The fault that strikes this request, counted. */
  strike(request: ArmRequest): Fault | undefined;
};

/** No faults yet; `chance` decides which calls a share of them hits. */
export function createFaults(chance: () => number): Faults {
  const list: { fault: Fault; left: number }[] = [];
  const struck = new Map<string, number>();
  const add = (fault: Fault): (() => void) => {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    list.push(entry);
    return () => {
      entry.left = 0;
    };
  };
  return {
    add,
    use: (name) => {
      add(name === 'arm-429' ? sometimesBusy(chance) : downFor30Seconds());
    },
    clear: () => {
      list.length = 0;
    },
    struck,
    strike: (request) => {
      for (const entry of list) {
        if (entry.left <= 0 || !entry.fault.when(request)) continue;
        entry.left--;
        const { name } = entry.fault;
        if (name !== undefined) struck.set(name, (struck.get(name) ?? 0) + 1);
        return entry.fault;
      }
      return undefined;
    },
  };
}

/** Every form in which Azure asks a client to wait, and the one in which it does not say so. */
const waitForms: (() => Record<string, string>)[] = [
  () => ({ 'retry-after': '2' }),
  () => ({}),
  () => ({ 'retry-after': new Date(Date.now() + 2_000).toUTCString() }),
  () => ({ 'retry-after-ms': '1500' }),
  () => ({ 'x-ms-retry-after-ms': '1500' }),
  () => ({ 'retry-after': 'soon' }),
];

const shareOf429 = 0.3;

function sometimesBusy(chance: () => number): Fault {
  let turn = 0;
  return {
    name: 'arm-429',
    when: () => chance() < shareOf429,
    answer: (request) => {
      const form = waitForms[turn++ % waitForms.length] ?? (() => ({}));
      const kind = request.method === 'GET' ? 'read' : 'write';
      return gatewayError(
        429,
        'SubscriptionRequestsThrottled',
        `Number of '${kind}' requests exceeded. Please try again after '2' seconds.`,
        form(),
      );
    },
  };
}

const downMs = 30_000;

/** The worst moment: everything is down from the first DELETE on, which is refused too. */
function downFor30Seconds(): Fault {
  let untilMs: number | undefined;
  return {
    name: 'arm-down-30s',
    when: (request) => {
      if (untilMs === undefined && request.method === 'DELETE') untilMs = Date.now() + downMs;
      return untilMs !== undefined && Date.now() < untilMs;
    },
    answer: () =>
      gatewayError(
        503,
        'ServiceUnavailable',
        'The service is temporarily unavailable. Please try again later.',
      ),
  };
}

/** The error that a client sees when the connection breaks. */
export function connectionReset(): Error & { code: string } {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}
