import type { ProblemCode } from '../../shared/contract/problem';
import { batchSize } from '../../shared/domain/remediation/batchRow';
import type { RefusalCode } from '../../shared/domain/refusal';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import { type AnswerStage, goodCall, toReview, waiting } from './answerStage';
import type { Answer, Call } from './callApi';
import { linuxVm } from './connecting';
import { faultOf, vmRow } from './intakeWorld';
import { batchOf, endedEntry, runRow } from './nightWorld';
import { placementOf } from './placements';
import { readyVm } from './readiness';

/** Has one answer given, by a call of one operation. */
export type Produce = (stage: AnswerStage, operation: string) => Promise<Answer>;

const good: Produce = (stage, operation) => stage.call(operation, goodCall(operation, stage));

/** The call that succeeds, with something changed. */
const but =
  (changes: Call): Produce =>
  (stage, operation) => {
    const call = goodCall(operation, stage);
    const headers = { ...call.headers, ...changes.headers };
    return stage.call(operation, { ...call, ...changes, headers });
  };

/** The same once the row of Ada's window is another. */
const after =
  (changes: (stage: AnswerStage) => Partial<WindowRow>, produce: Produce = good): Produce =>
  async (stage, operation) => {
    await stage.change(changes(stage));
    return produce(stage, operation);
  };

const inPhase = (phase: 'gone') => () => ({ placements: [placementOf({ phase, goneAt: 1 })] });

/** The first call of a request makes a window; then its row is as somebody has left it. */
export const requestedThen =
  (changes: (stage: AnswerStage) => Partial<WindowRow>): Produce =>
  async (stage, operation) => {
    const { body } = await good(stage, operation);
    await stage.change(changes(stage), String(body['id']));
    return good(stage, operation);
  };

/** Sent twice with one key, the second time with another body. */
const keyReused =
  (body: object): Produce =>
  async (stage, operation) => {
    const headers = { 'idempotency-key': 'one' };
    await but({ headers })(stage, operation);
    return but({ headers, body })(stage, operation);
  };

/** The network of the machines answers nothing but no. */
const networkDenied: Produce = (stage, operation) => {
  const denied = async (): Promise<never> => {
    throw faultOf('denied');
  };
  const { network, compute } = stage.world;
  for (const port of [network, compute]) {
    for (const name of Object.keys(port)) Object.assign(port, { [name]: denied });
  }
  return but({ query: '?dryRun=true' })(stage, operation);
};

const manyLines: Produce = (stage, operation) => {
  const { audit } = stage.world;
  const lines = async function* () {
    for (let line = 0; line < 20_001; line += 1) yield { chain: 'one', line: '{}' };
  };
  const files = async function* () {
    yield { name: 'one', text: ' '.repeat(32_000_001) };
  };
  Object.assign(stage.world, { audit: { ...audit, list: lines, files } });
  return good(stage, operation);
};

const tooOften: Produce = async (stage, operation) => {
  for (let calls = 0; calls < 200; calls += 1) {
    const answer = await but({ id: 'none', query: '?nothing=1', body: {} })(stage, operation);
    if (answer.status === 429) return answer;
  }
  return good(stage, operation);
};

const apiDown: Produce = (stage, operation) => {
  stage.world.api = { faults: ['API_TENANT_ID is missing'] };
  return good(stage, operation);
};

/** What is answered alike, whatever is asked for. */
const everywhere: Readonly<Record<string, Produce>> = {
  '401': but({ as: null }),
  '403': but({ as: 'guest' }),
  '429': tooOften,
  '503': apiDown,
};

/** What is answered alike to every write, and to every call that names a window. */
const alike: Readonly<Record<string, Produce>> = {
  '400': but({ query: '?nobody=knows' }),
  '404': but({ id: 'a'.repeat(20) }),
  '413': but({ body: { reason: 'x'.repeat(65_537) } }),
};

/** The same of a request that waits for an approval, or of a glass that was broken. */
const of =
  (prepare: (stage: AnswerStage) => Promise<AnswerStage>, produce: Produce = good): Produce =>
  async (stage, operation) =>
    produce(await prepare(stage), operation);

/** Whoever waits for it sees it open. */
const provedMeanwhile: Produce = async (stage, operation) => {
  const { wait } = stage.world.clock;
  const id = stage.id;
  Object.assign(stage.world.clock, {
    wait: async (ms: number) => {
      await wait(ms);
      await stage.change({ placements: [placementOf()], until: stage.world.at + 3_600_000 }, id);
    },
  });
  return but({ headers: { prefer: 'wait=30' } })(stage, operation);
};

const twice: Produce = async (stage, operation) => {
  await good(stage, operation);
  return good(stage, operation);
};

/** The same once the night's run is at its end. */
const ended =
  (phase: 'done' | 'cancelled'): Produce =>
  async (stage, operation) => {
    await stage.night.put(runRow({ phase, endedAt: stage.world.at }));
    return good(stage, operation);
  };

/** The run that was asked for is over when it is asked for once more. */
const askedAndOver: Produce = async (stage, operation) => {
  const { body } = await good(stage, operation);
  const stored = await stage.night.ledger.remediations.get(String(body['id']));
  if (stored === null) throw new Error('There is no run.');
  await stage.night.put({ ...stored.row, phase: 'done', endedAt: stage.world.at });
  return good(stage, operation);
};

/** A run whose VMs have more to say than any run has. */
const hugeReport: Produce = async (stage, operation) => {
  const { ledger } = stage.night;
  await stage.night.put(runRow({ batches: 2_000 }));
  const long = 'x'.repeat(500);
  const error = { status: 409, code: long, message: long };
  const entry = endedEntry('failed', { detail: long, error }, { location: long });
  const entries = Array.from({ length: batchSize }, () => entry);
  const batch = { row: batchOf(runRow().id, 0, entries), etag: '"1"' };
  Object.assign(ledger.remediationBatches, { get: async () => batch });
  return good(stage, operation);
};

/** More VMs than anybody has. */
const hugeEstate: Produce = (stage, operation) => {
  const one = { ...readyVm, name: 'x'.repeat(500), location: 'x'.repeat(500) };
  const candidates = Array.from({ length: 1_000 }, () => ({ ...one, power: one.name }));
  const listCandidates = async () => ({ candidates, strange: 0, next: 'more' });
  Object.assign(stage.world, { candidates: { listCandidates } });
  return good(stage, operation);
};

const offering =
  (remediation: AnswerStage['world']['remediation']): Produce =>
  (stage, operation) => {
    stage.world.remediation = remediation;
    return good(stage, operation);
  };

const planned = () => ({ placements: [], plans: 0, until: null });
const own: Readonly<Record<string, Produce>> = {
  'requestWindow 200': requestedThen(({ world }) => ({
    ...planned(),
    plans: 1,
    wish: 'closed',
    closeReason: 'expired',
    concludedAt: world.at,
  })),
  'requestWindow 201': requestedThen(({ world }) => ({
    placements: [placementOf()],
    until: world.at + 3_600_000,
  })),
  'requestWindow 409': requestedThen((stage) => refusedBy('notRunning')(stage)),
  'requestWindow 422': keyReused({ vms: ['vm-1'], duration: '2h', reason: 'Disk is full' }),
  'requestWindow 502': networkDenied,
  'connectRdp 409': (stage, operation) => {
    const machine = { vmId: vmRow('vm-1').vmId, vmGuid: 'guid-of-vm-1' };
    stage.world.connectFacts = { machines: [linuxVm(machine)], bastions: [] };
    return good(stage, operation);
  },
  'extendWindow 200': (stage, operation) => {
    const until = '2026-01-01T11:00:05Z';
    return but({ body: { until, reason: 'Disk is full' } })(stage, operation);
  },
  'extendWindow 409': after(planned),
  'extendWindow 422': but({ body: { until: '2026-01-01T10:30:00Z', reason: 'Disk is full' } }),
  'closeWindow 200': after(inPhase('gone')),
  'closeWindow 422': keyReused({ reason: 'Another reason' }),
  'approveWindow 200': of(waiting, twice),
  'approveWindow 201': of(waiting, provedMeanwhile),
  'approveWindow 202': of(waiting),
  'approveWindow 409': but({ as: 'ada' }),
  'approveWindow 422': of(waiting, keyReused({ remark: 'Another remark' })),
  'denyWindow 200': of(waiting),
  'denyWindow 409': but({ as: 'ada' }),
  'denyWindow 422': of(waiting, keyReused({ reason: 'Another reason' })),
  'readReview 200': of(toReview),
  'reviewWindow 200': of(toReview),
  'reviewWindow 422': of(toReview, keyReused({ remark: 'Another remark' })),
  'closeAllWindows 400': but({ body: { confirm: 'yes', reason: 'Disk is full' } }),
  'closeAllWindows 404': but({ as: 'mallory' }),
  'closeAllWindows 422': keyReused({ confirm: 'close all', reason: 'Another reason' }),
  'requestRemediation 200': askedAndOver,
  'requestRemediation 422': keyReused({ reason: 'Another reason' }),
  'readReport 200 text/csv': but({ query: '?format=csv' }),
  'readReport 200 text/html': but({ query: '?format=html' }),
  'readReport 422': hugeReport,
  'readinessCsv 422': hugeEstate,
  'readReadiness 404': but({ query: `?vm=${encodeURIComponent(vmRow('vm-9').vmId)}` }),
  'cancelRemediation 200': ended('cancelled'),
  'cancelRemediation 409': ended('done'),
  'readAudit 200 text/csv': but({ query: '?format=csv' }),
  'readAudit 422': manyLines,
  'verifyAudit 422': manyLines,
};

/** A row that was refused when its network was read, for this reason. */
export function refusedBy(code: string) {
  return ({ world }: AnswerStage): Partial<WindowRow> => ({
    ...planned(),
    plans: 1,
    wish: 'closed',
    closeReason: 'planFailed',
    concludedAt: world.at,
    refusals: [
      {
        vmId: '',
        code,
        rule: 'A rule that refused.',
        next: 'The next step.',
      },
    ],
  });
}

/** How an answer of an operation comes about; `undefined`: nobody has said. */
export function producing(operation: string, status: string, media: string): Produce | undefined {
  const cases = [
    own[`${operation} ${status} ${media}`],
    own[`${operation} ${status}`],
    status.startsWith('2') ? good : undefined,
    everywhere[status],
    alike[status],
  ];
  return cases.find((one) => one !== undefined);
}

/** Somewhere where each code is given that is no refusal: the operation, and how. */
export const codeCases = {
  apiDisabled: ['listWindows', apiDown],
  tokenMissing: ['listWindows', but({ as: null })],
  tokenInvalid: ['listWindows', but({ as: 'of-another-tenant' })],
  tokenExpired: ['listWindows', but({ as: 'expired' })],
  notAPerson: ['listWindows', but({ as: 'app' })],
  guest: ['listWindows', but({ as: 'guest' })],
  notFound: ['getWindow', but({ as: 'mallory' })],
  badQuery: ['listWindows', but({ query: '?nobody=knows' })],
  badBody: ['extendWindow', but({ body: { until: 'tomorrow', reason: 'Disk is full' } })],
  bodyTooLarge: ['closeWindow', but({ body: { reason: 'x'.repeat(65_537) } })],
  idempotencyKeyMissing: ['requestWindow', but({ headers: { 'idempotency-key': ' ' } })],
  idempotencyKeyReused: ['closeWindow', keyReused({ reason: 'Another reason' })],
  tooManyRequests: ['extendWindow', tooOften],
  requestsReserved: [
    'requestWindow',
    (stage, operation) => {
      Object.assign(stage.world, { budget: { ...stage.world.budget, pauseMs: () => 5_000 } });
      return good(stage, operation);
    },
  ],
  clocksDisagree: [
    'requestWindow',
    (stage, operation) => {
      const skew = () => ({ skewMs: 61_000, measuredAt: null });
      Object.assign(stage.world.clock, { skew });
      return good(stage, operation);
    },
  ],
  nothingToClose: ['closeAllWindows', but({ as: 'mallory' })],
  notAnAuditor: ['readAudit', but({ as: 'ada' })],
  auditTooLarge: ['readAudit', manyLines],
  remediationNotOffered: ['listRemediations', offering(null)],
  remediationDisabled: ['listRemediations', offering({ faults: ['REMEDIATION_QUEUE'] })],
  notAnOperator: ['requestRemediation', but({ as: 'audrey' })],
  notAReader: ['listRemediations', but({ as: 'ada' })],
  reportTooLarge: ['readReport', hugeReport],
  runOver: ['cancelRemediation', ended('done')],
  noRdpFile: ['connectRdp', own['connectRdp 409'] ?? good],
  unavailable: [
    'requestWindow',
    (stage, operation) => {
      stage.world.faults = [faultOf('unavailable')];
      return good(stage, operation);
    },
  ],
} as const satisfies Record<
  Exclude<ProblemCode, RefusalCode>,
  readonly [operation: string, produce: Produce]
>;

/** What is said of single answers, to be compared with what is documented. */
export const ownAnswers: readonly string[] = Object.keys(own);
