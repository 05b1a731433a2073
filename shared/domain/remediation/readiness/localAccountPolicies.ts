/**
 * Built-in definitions of Azure Policy that look at the local accounts of a VM. Data only. One that
 * is not among them, 30f71ea1-ac77-4f26-9fc5-2d926bbd4ba7, looks for members that the group of
 * administrators lacks: nobody is approved or not by that.
 */
export const localAccountPolicies: {
  readonly asOf: string;
  readonly sources: readonly string[];
  readonly definitions: readonly LocalAccountPolicy[];
} = {
  /** The state of the sources that this was taken from. */
  asOf: '2025-08',
  sources: [
    // Each definition's id, name, and what makes a machine non-compliant: files LocalUsers_*,
    // AADDisableLocalAuth*, AdministratorsGroupMembers* (commits f7319d6 and 6d7ca62).
    'https://github.com/Azure/azure-policy/tree/master/built-in-policies/policyDefinitions/Guest%20Configuration',
    'https://learn.microsoft.com/azure/governance/policy/samples/built-in-policies#guest-configuration',
    // The same ids, by another reading.
    'https://www.azadvertizer.net/azpolicyadvertizer/3d2a3320-2a72-4c67-ac5f-caa40fbee2b2.html',
    'https://www.azadvertizer.net/azpolicyadvertizer/69bf4abd-ca1e-4cf6-8b5a-762d42e61d4f.html',
  ],
  definitions: [
    {
      id: 'f79fef0d-0050-4c18-a303-5babb9c14ac7',
      name: 'Windows machines should only have local accounts that are allowed',
      looksAt: 'accounts',
    },
    {
      id: '73db37c4-f180-4b0f-ab2c-8ee96467686b',
      name: 'Linux machines should only have local accounts that are allowed',
      looksAt: 'accounts',
    },
    {
      id: '5fe81c49-16b6-4870-9cee-45d13bf902ce',
      name: 'Local authentication methods should be disabled on Windows Servers',
      looksAt: 'accounts',
    },
    {
      id: 'fad40cac-a972-4db0-b204-f1b15cced89a',
      name: 'Local authentication methods should be disabled on Linux machines',
      looksAt: 'accounts',
    },
    {
      id: '357cbd2d-b5c0-4c73-b40c-6bd84f06ce09',
      name: 'Configure Windows Server to disable local users',
      looksAt: 'accounts',
    },
    {
      id: 'cd22fc48-f2c9-4b86-98d3-ec1268b46a8a',
      name: 'Configure Linux Server to disable local users',
      looksAt: 'accounts',
    },
    {
      id: '3d2a3320-2a72-4c67-ac5f-caa40fbee2b2',
      name: 'Audit Windows machines that have extra accounts in the Administrators group',
      looksAt: 'administrators',
    },
    {
      id: '69bf4abd-ca1e-4cf6-8b5a-762d42e61d4f',
      name: 'Audit Windows machines that have the specified members in the Administrators group',
      looksAt: 'administrators',
    },
  ],
};

/** A built-in definition; `id`: its GUID, lower case. */
export type LocalAccountPolicy = {
  readonly id: string;
  readonly name: string;
  /** `accounts`: every local account that is enabled; `administrators`: members of that group. */
  readonly looksAt: 'accounts' | 'administrators';
};
