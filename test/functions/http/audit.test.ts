import { createAudit } from '../../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../../shared/auditMemory';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { verifyChain } from '../../../shared/domain/audit/verifyChain';
import type { AuditFacts } from '../../../shared/domain/audit/auditRecord';
import { apiOf, type Answer, type Call } from '../../support/callApi';
import { personOf } from '../../support/callers';
import { createIntakeWorld, vmRow } from '../../support/intakeWorld';
import type { IntakeWorld } from '../../support/intakeWorld';

const windows = ['a'.repeat(20), 'b'.repeat(20)] as const;
const ada = personOf('ada').objectId;
const mallory = personOf('mallory').objectId;

/** Two windows on record: Ada's on vm-1, Mallory's on vm-2. */
async function recorded() {
  const store = createChainStoreMemory();
  const world = createIntakeWorld();
  Object.assign(world, { audit: createAudit(store, 'dev001', () => world.at) });
  const people = [ada, mallory];
  for (const [at, id] of windows.entries()) {
    const window = { id, createdAt: world.at };
    const facts = (step: AuditFacts['step']): AuditFacts => ({
      id: `${step}-${id}`,
      step,
      at: world.at,
      who: { id: people[at] ?? '', how: 'activation' },
      what: { vmIds: [vmRow(`vm-${at + 1}`).vmId] },
      why: '=HYPERLINK("http://evil.example")',
      policyVersion: 'v1',
    });
    await world.audit.append(window, [facts('granted'), facts('opened')], 10_000);
    await world.audit.append(window, [facts('closed')], 10_000);
  }
  const files = store.files as Map<string, string>;
  return { world, files };
}

function get(world: IntakeWorld, name: string, call: Call = {}): Promise<Answer> {
  return apiOf(world, world.starter).call(name, { as: 'audrey', ...call });
}

const linesOf = ({ text }: Answer): string[] => text.split('\n').filter((line) => line !== '');

describe('GET /api/audit', () => {
  it('gives the records as they are stored, so that anybody can verify them', async () => {
    const { world } = await recorded();
    const answer = await get(world, 'readAudit');
    expect([answer.status, answer.headers['content-type']]).toEqual([
      200,
      'application/jsonl; charset=utf-8',
    ]);
    const lines = linesOf(answer);
    expect(lines.map((line) => parseRecord(line)?.step)).toEqual([
      'granted',
      'opened',
      'closed',
      'granted',
      'opened',
      'closed',
    ]);
    const chain = lines.slice(0, 3).map((text) => ({ text, isWhole: true }));
    expect((await verifyChain(chain)).fault).toBeNull();
  });

  it.each([
    [`?person=${ada}`, 1],
    [`?person=${ada.toUpperCase()}`, 1],
    ['?vm=vm-2', 1],
    [`?vm=${encodeURIComponent(vmRow('vm-2').vmId.toUpperCase())}`, 1],
    [`?window=${windows[0]}`, 1],
    [`?person=${ada}&vm=vm-2`, 0],
    ['?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z', 2],
    ['?from=2025-12-01T00:00:00Z&to=2025-12-31T00:00:00Z', 0],
  ])('%s: %i windows', async (query, count) => {
    const { world } = await recorded();
    const answer = await get(world, 'readAudit', { query });
    expect([answer.status, linesOf(answer).length]).toEqual([200, count * 3]);
  });

  it('is CSV in which no cell is a formula', async () => {
    const { world } = await recorded();
    const answer = await get(world, 'readAudit', { query: '?format=csv' });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.text.split('\r\n')).toHaveLength(8);
    expect(answer.text).toContain('"\'=HYPERLINK(""http://evil.example"")"');
    expect(answer.text).not.toMatch(/"=/);
  });

  it.each([
    'from=yesterday',
    'format=xml',
    'x=1',
    'window=a',
    'person=ada',
    'vm=',
    'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    'from=2020-01-01T00:00:00Z',
    'person=a&person=b',
  ])('does not understand %s', async (query) => {
    const { world } = await recorded();
    expect(await get(world, 'readAudit', { query: `?${query}` })).toMatchObject({
      status: 400,
      body: { code: 'badQuery' },
    });
  });

  it.each(['ada', 'olga', 'mallory'])('is not for %s', async (as) => {
    const { world } = await recorded();
    for (const name of ['readAudit', 'verifyAudit']) {
      expect(await get(world, name, { as })).toMatchObject({
        status: 403,
        body: { code: 'notAnAuditor' },
      });
    }
  });

  it('is for nobody while policy cannot say who audits', async () => {
    const { world } = await recorded();
    world.opening = { faults: ['Policy, line 3'] };
    expect((await get(world, 'readAudit')).status).toBe(403);
  });
});

describe('GET /api/audit/verify', () => {
  it('walks every chain, those of days included', async () => {
    const { world, files } = await recorded();
    expect((await get(world, 'verifyAudit')).body).toMatchObject({
      intact: true,
      files: files.size,
      faults: [],
    });
    expect(files.size).toBe(3);
  });

  const edits: readonly (readonly [what: string, edit: (text: string) => string])[] = [
    ['edited', (text) => text.replace('opened', 'closed')],
    ['removed', (text) => text.split('\n').toSpliced(1, 1).join('\n')],
    ['swapped', (text) => text.split('\n').toSorted().toReversed().join('\n')],
    ['repeated', (text) => text + (text.split('\n')[0] ?? '') + '\n'],
    ['cut off', (text) => text.split('\n').slice(0, 1).join('\n') + '\n'],
    ['cut in a record', (text) => text.slice(0, -40)],
    ['followed by something else', (text) => `${text}nonsense\n`],
  ];

  it.each(edits)('names a chain that was %s', async (_what, edit) => {
    const { world, files } = await recorded();
    const [file = ''] = [...files.keys()].filter((name) => name.includes(windows[0]));
    files.set(file, edit(files.get(file) ?? ''));
    const { body } = await get(world, 'verifyAudit');
    expect(body['intact']).toBe(false);
    expect(JSON.stringify(body['faults'])).toContain(windows[0]);
  });
});
