import { readConfig } from '../../../shared/config';
import { faultsOf, noIdentity, read } from './read';
import { appFolder, goodSettings } from './settings';

describe('where the audit is kept', () => {
  const account = 'AccountName=a;AccountKey=b';
  const here = 'TableEndpoint=http://127.0.0.1:1/a';

  it('is the blob service of the same storage', () => {
    const { closing } = readConfig(goodSettings(), appFolder);
    const uri = 'https://storage.blob.core.windows.net';
    expect(closing).toMatchObject({ audit: { kind: 'identity', uri } });
    const AzureWebJobsStorage = `DefaultEndpointsProtocol=https;${account}`;
    const local = readConfig({ ...goodSettings(), ...noIdentity, AzureWebJobsStorage }, appFolder);
    expect(local.closing).toMatchObject({
      audit: { kind: 'connectionString', connectionString: AzureWebJobsStorage },
    });
  });

  it.each([
    ['no blob endpoint and no https', `DefaultEndpointsProtocol=http;${account};${here}`],
    [
      'a blob endpoint that is elsewhere, without https',
      `DefaultEndpointsProtocol=http;${account};${here};BlobEndpoint=http://evil.example/a`,
    ],
  ])('is nowhere with %s: nothing opens, closing goes on', (_what, AzureWebJobsStorage) => {
    const noQueue = { REMEDIATION_QUEUE: '' };
    const values = { ...goodSettings(), ...noIdentity, ...noQueue, AzureWebJobsStorage };
    const { closing, opening } = readConfig(values, appFolder);
    expect(closing).toMatchObject({ deployment: 'abc123', audit: null });
    expect(faultsOf(opening)).toEqual([expect.stringContaining('no blob endpoint')]);
  });

  it('is an account of its own where one is named, whatever the host stores in', () => {
    const AUDIT_BLOB_SERVICE_URI = 'https://audit.blob.core.windows.net/';
    const audit = { kind: 'identity', uri: 'https://audit.blob.core.windows.net' };
    const byString = { ...noIdentity, AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    for (const changes of [{}, byString, { AzureWebJobsStorage__blobServiceUri: '' }]) {
      const values = { ...goodSettings(), ...changes, AUDIT_BLOB_SERVICE_URI };
      const { closing, opening } = readConfig(values, appFolder);
      expect(closing).toMatchObject({ audit });
      expect('faults' in opening).toBe(false);
    }
  });

  it.each(['http://storage.blob.core.windows.net', 'nowhere'])('is not %s', (uri) => {
    const faults = read({ AzureWebJobsStorage__blobServiceUri: uri });
    expect(faults).toEqual({
      closing: [],
      api: [],
      notices: [],
      remediation: [],
      opening: [expect.stringContaining('AzureWebJobsStorage__blobServiceUri is not valid')],
    });
  });
});
