import type { Config } from '../../../shared/config';
import { readConfig } from '../../../shared/config';
import { appFolder, goodSettings } from './settings';

/** The faults of one part, none if it is in order. */
export function faultsOf(half: Config[keyof Config]): readonly string[] {
  return 'faults' in half ? half.faults : [];
}

/** Storage by a connection string alone. */
export const noIdentity = {
  AzureWebJobsStorage__tableServiceUri: '',
  AzureWebJobsStorage__blobServiceUri: '',
  AzureWebJobsStorage__queueServiceUri: '',
};

/** The faults of each part, with some settings that are not the good ones. */
export function read(changes: Record<string, string | undefined>) {
  const config = readConfig({ ...goodSettings(), ...changes }, appFolder);
  const { closing, opening, api, notices, remediation } = config;
  return {
    closing: faultsOf(closing),
    opening: faultsOf(opening),
    api: faultsOf(api),
    notices: faultsOf(notices),
    remediation: faultsOf(remediation),
  };
}
