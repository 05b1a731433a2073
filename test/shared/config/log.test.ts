import * as fc from 'fast-check';
import { createLog } from '../../../shared/log';
import type { LogLevel } from '../../../shared/log';

function logged(write: (log: ReturnType<typeof createLog>) => void) {
  const lines: { line: string; level: LogLevel }[] = [];
  write(createLog((line, level) => lines.push({ line, level })));
  const [one] = lines;
  if (one === undefined || lines.length > 1) throw new Error(`${lines.length} lines were written.`);
  return { ...one, json: JSON.parse(one.line) as Record<string, unknown> };
}

describe('a line of the log', () => {
  it('is one JSON object with the event, its time and its level', () => {
    const { json, level } = logged((log) => log.info('window.opened', { window: 'w1', rules: 2 }));
    expect(json).toEqual({
      window: 'w1',
      rules: 2,
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
      level: 'info',
      event: 'window.opened',
    });
    expect(level).toBe('info');
    expect(logged((log) => log.warn('x', {})).json).toMatchObject({ level: 'warn' });
  });

  it('names the runbook where somebody must be woken', () => {
    const { json, level } = logged((log) => log.alarm('overrun', { seconds: 4 }));
    expect(json).toMatchObject({ event: 'overrun', alarm: true, runbook: 'overrun', seconds: 4 });
    expect(level).toBe('alarm');
  });

  it('cannot be forged by a field', () => {
    const forged = {
      event: 'window.closed',
      level: 'info',
      alarm: false,
      runbook: 'none',
      time: 0,
    };
    const { json } = logged((log) => log.alarm('overrun', forged));
    expect(json).toMatchObject({ event: 'overrun', level: 'alarm', alarm: true });
    expect(json['time']).not.toBe(0);
  });

  it('stays one line of harmless text, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.anything()), (event, fields) => {
        const { line, json } = logged((log) => log.info(event, fields));
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
        expect(typeof json['event']).toBe('string');
      }),
    );
  });

  it.each([
    ['Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['token eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.'],
    ['authorization: bearer CANARY0123456789'],
    ['https://x.blob.core.windows.net/c?sv=1&sig=CANARY%2Bx%3D&se=2'],
    ['DefaultEndpointsProtocol=https;AccountName=a;AccountKey=CANARY==;EndpointSuffix=x'],
    ['Endpoint=sb://x;SharedAccessKey=CANARY=;EntityPath=y'],
    ['http://127.0.0.1:7071/api/windows?code=CANARY'],
    ['-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----'],
    ['key MC4CAQAwBQYDK2VwBCIEIJCANARY+/0123456789'],
  ])('masks the secret in %j', (text) => {
    const found = /CANARY|eyJ|MC4CAQ/;
    expect(logged((log) => log.info('x', { text })).line).not.toMatch(found);
    expect(logged((log) => log.info('x', { deep: [{ text }] })).line).not.toMatch(found);
    expect(logged((log) => log.info('x', { error: new Error(text) })).line).not.toMatch(found);
    expect(logged((log) => log.info(text, {})).line).not.toMatch(found);
  });

  it.each(['authorization', 'password', 'secret', 'token', 'privateKey', 'connectionString'])(
    'masks whatever is called %s',
    (name) => {
      expect(logged((log) => log.info('x', { [name]: 'CANARY' })).json[name]).toBe('***');
      expect(
        logged((log) => log.info('x', { [name.toUpperCase()]: { a: 'CANARY' } })).line,
      ).not.toContain('CANARY');
    },
  );

  it('leaves ids, keys of rows and other plain facts alone', () => {
    const fields = {
      assignmentKey: 'abcdefghijklmnopqrst',
      fault: { kind: 'busy', code: 'AnotherOperationInProgress' },
      ruleName: 'postern-abc123-abcdefghijklmnopqrst-0',
      nsgId:
        '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/n',
      message: 'The decode=1 of a signal=5 is no secret.',
    };
    expect(logged((log) => log.info('x', fields)).json).toMatchObject(fields);
  });

  it('is cut to a sane length and depth', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 100; level++) deep = { deep };
    const fields = {
      long: 'x'.repeat(100_000),
      many: Array.from({ length: 1_000 }, () => 1),
      deep,
    };
    expect(logged((log) => log.info('x', fields)).line.length).toBeLessThan(3_000);
  });
});
