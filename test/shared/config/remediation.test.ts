import { readConfig } from '../../../shared/config';
import { noIdentity } from './read';
import { appFolder, goodSettings } from './settings';

describe('the settings of the remediation', () => {
  it('in order name a queue beside the ledger, reached by the same identity', () => {
    expect(read({}).remediation).toEqual({
      queue: 'remediations',
      storage: { kind: 'identity', uri: 'https://storage.queue.core.windows.net' },
    });
  });

  it('ask for nothing where no queue is named', () => {
    const { remediation, opening } = read({
      REMEDIATION_QUEUE: '',
      AzureWebJobsStorage__queueServiceUri: 'nowhere',
    });
    expect(remediation).toEqual({ queue: null, storage: null });
    expect(opening).not.toHaveProperty('faults');
  });

  it('take the connection string where the ledger does', () => {
    const AzureWebJobsStorage = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b';
    expect(read({ ...noIdentity, AzureWebJobsStorage }).remediation).toEqual({
      queue: 'remediations',
      storage: { kind: 'connectionString', connectionString: AzureWebJobsStorage },
    });
  });

  it.each([
    ['no queue endpoint and no https', ''],
    [
      'a queue endpoint that is elsewhere, without https',
      ';QueueEndpoint=http://evil.example/canary',
    ],
  ])('are faulty with %s: nothing opens, closing goes on', (_what, more) => {
    const tables = 'TableEndpoint=http://127.0.0.1:1/a;BlobEndpoint=http://127.0.0.1:2/a';
    const AzureWebJobsStorage = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=b;${tables}${more}`;
    const { remediation, opening, closing } = read({ ...noIdentity, AzureWebJobsStorage });
    expect(remediation).toEqual({ faults: [expect.stringContaining('no queue endpoint')] });
    expect(opening).toEqual(remediation);
    expect(closing).not.toHaveProperty('faults');
    expect(JSON.stringify(remediation)).not.toContain('canary');
  });
});

function read(changes: Record<string, string | undefined>) {
  return readConfig({ ...goodSettings(), ...changes }, appFolder);
}
