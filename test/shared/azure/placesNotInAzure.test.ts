import { placesNotInAzure } from '../../../shared/azure/placesNotInAzure';
import { readConfig } from '../../../shared/config';
import { settings } from '../../support/simulatedSettings';

const account = 'AccountName=x;AccountKey=eA==';
const azure: Record<string, string> = {
  AZURE_CLOUD: 'AzureCloud',
  ARM_ENDPOINT: '',
  ARM_AUDIENCE: '',
  LOGIN_ENDPOINT: '',
  AzureWebJobsStorage: `DefaultEndpointsProtocol=https;${account}`,
};
const byIdentity = {
  AzureWebJobsStorage: '',
  AzureWebJobsStorage__tableServiceUri: 'https://x.table.core.windows.net',
  AzureWebJobsStorage__blobServiceUri: 'https://x.blob.core.windows.net/',
};
const custom = {
  AZURE_CLOUD: 'Custom',
  ARM_ENDPOINT: 'https://management.azure.com',
  LOGIN_ENDPOINT: 'https://login.microsoftonline.com',
};

function found(changes: Record<string, string>): readonly string[] {
  const values = settings({ settings: { ...azure, ...changes } });
  const { closing, api, remediation } = readConfig(values, process.cwd());
  if ('faults' in closing) throw new Error(closing.faults.join(' '));
  return placesNotInAzure(closing, api, remediation);
}

describe('the settings that lead out of Azure', () => {
  it.each([
    [{}],
    [{ AZURE_CLOUD: 'AzureUSGovernment' }],
    [{ AZURE_CLOUD: 'AzureChinaCloud' }],
    [
      {
        AzureWebJobsStorage: `DefaultEndpointsProtocol=https;${account};EndpointSuffix=core.usgovcloudapi.net`,
      },
    ],
    [
      {
        AzureWebJobsStorage: `${account};TableEndpoint=https://x.z01.table.storage.azure.net;BlobEndpoint=https://x.z01.blob.storage.azure.net;QueueEndpoint=https://x.z01.queue.storage.azure.net`,
      },
    ],
    [byIdentity],
    // A cloud that is named by hand, and is Azure's own all the same.
    [custom],
  ])('are none of %j', (changes: Record<string, string>) => {
    expect(found(changes)).toEqual([]);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ ...custom, ARM_ENDPOINT: 'https://localhost:10143' }, ['ARM_ENDPOINT']],
    [{ ...custom, ARM_ENDPOINT: 'https://management.azure.com:8443' }, ['ARM_ENDPOINT']],
    [{ ...custom, ARM_ENDPOINT: 'https://management.azure.com.example' }, ['ARM_ENDPOINT']],
    [{ ...custom, LOGIN_ENDPOINT: 'https://localhost:10143' }, ['LOGIN_ENDPOINT']],
    [{ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }, ['AzureWebJobsStorage']],
    [
      {
        AzureWebJobsStorage: `DefaultEndpointsProtocol=https;${account};EndpointSuffix=azure.example`,
      },
      ['AzureWebJobsStorage'],
    ],
    [
      {
        AzureWebJobsStorage: `DefaultEndpointsProtocol=https;${account};QueueEndpoint=http://127.0.0.1:10001/x`,
      },
      ['AzureWebJobsStorage'],
    ],
    [
      { ...byIdentity, AzureWebJobsStorage__tableServiceUri: 'https://core.windows.net.example' },
      ['AzureWebJobsStorage__tableServiceUri'],
    ],
    [
      { ...byIdentity, AzureWebJobsStorage__blobServiceUri: 'https://localhost:10000/x' },
      ['AUDIT_BLOB_SERVICE_URI or AzureWebJobsStorage__blobServiceUri'],
    ],
    [
      {
        ...byIdentity,
        REMEDIATION_QUEUE: 'remediations',
        AzureWebJobsStorage__queueServiceUri: 'https://localhost:10001/x',
      },
      ['AzureWebJobsStorage__queueServiceUri'],
    ],
    [
      { AUDIT_BLOB_SERVICE_URI: 'https://localhost:10000/x' },
      ['AUDIT_BLOB_SERVICE_URI or AzureWebJobsStorage__blobServiceUri'],
    ],
  ])('are told by their names alone: %j %j', (changes, expected) => {
    expect(found(changes)).toEqual(expected);
  });

  it('are all of those of a start on one machine', () => {
    const { closing, api, remediation } = readConfig(settings({}), process.cwd());
    if ('faults' in closing) throw new Error(closing.faults.join(' '));
    expect(placesNotInAzure(closing, api, remediation)).toEqual([
      'ARM_ENDPOINT',
      'LOGIN_ENDPOINT',
      'AzureWebJobsStorage',
    ]);
  });
});
