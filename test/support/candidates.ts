import type {
  Candidate,
  CandidateExtension,
  CandidateImage,
  CandidateSurroundings,
} from '../../shared/domain/remediation/candidate';
import { judgeCandidate } from '../../shared/domain/remediation/judgeCandidate';
import type { RemediationRules } from '../../shared/domain/remediation/remediationRules';
import type { Verdict } from '../../shared/domain/remediation/verdict';
import { vmIdOf } from './grants';

const nothingAround: CandidateSurroundings = {
  duplicateName: false,
  policyAssignmentId: '',
};

/** A running Server 2022 that lacks both the identity and the extension, and nothing else. */
export function windowsCandidate(changes: Partial<Candidate> = {}, name = 'vm-1'): Candidate {
  return {
    vmId: vmIdOf(name),
    name,
    subscriptionId: '11111111-1111-4111-8111-111111111111',
    location: 'westeurope',
    vmGuid: `guid-${name}`,
    tags: {},
    osType: 'Windows',
    image: imageOf('MicrosoftWindowsServer', 'WindowsServer', '2022-datacenter'),
    osName: 'Windows Server 2022 Datacenter',
    osVersion: '10.0.20348.3207',
    computerName: name,
    vmSize: 'Standard_D2s_v5',
    power: 'running',
    agent: 'ready',
    extensionsAllowed: true,
    identity: { system: false, userAssigned: [] },
    scaleSetId: '',
    planPublisher: '',
    managedBy: '',
    extensions: [],
    outbound: 'explicit',
    ...changes,
  };
}

/** A running Ubuntu 22.04 that lacks both, and nothing else. */
export function linuxCandidate(changes: Partial<Candidate> = {}, name = 'vm-1'): Candidate {
  return windowsCandidate(
    {
      osType: 'Linux',
      image: imageOf('Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2'),
      osName: 'ubuntu',
      osVersion: '22.04',
      ...changes,
    },
    name,
  );
}

export function imageOf(publisher: string, offer: string, sku: string): CandidateImage {
  return { publisher, offer, sku, id: '' };
}

/** One extension; by default the login extension for Windows, as the portal installs it. */
export function extensionOf(changes: Partial<CandidateExtension> = {}): CandidateExtension {
  return {
    name: 'AADLoginForWindows',
    publisher: 'Microsoft.Azure.ActiveDirectory',
    type: 'AADLoginForWindows',
    version: '2.0',
    state: 'Succeeded',
    ...changes,
  };
}

/** One of the login extension for Linux. */
export function sshExtension(changes: Partial<CandidateExtension> = {}): CandidateExtension {
  const type = 'AADSSHLoginForLinux';
  return extensionOf({ name: type, type, version: '1.0', ...changes });
}

export function rulesOf(changes: Partial<RemediationRules> = {}): RemediationRules {
  return {
    scopes: [],
    optOutTags: [{ name: 'postern-remediation', value: 'off' }],
    keepIdentitiesTag: { name: 'postern-system-identity', value: 'allow' },
    domainJoined: { tags: [], scopes: [] },
    windowsList: 'older',
    defaultOutbound: 'refuse',
    intune: false,
    firstNight: 'fix',
    keepRunsDays: 90,
    ...changes,
  };
}

/** The verdict on a VM, by the usual rules but for `rules`, with nothing around it but `around`. */
export function judged(
  candidate: Candidate,
  rules: Partial<RemediationRules> = {},
  around: Partial<CandidateSurroundings> = {},
): Verdict {
  return judgeCandidate(candidate, { ...nothingAround, ...around }, rulesOf(rules));
}

/** Why a VM is left alone, or the kind of another verdict. */
export function reasonOf(verdict: Verdict): string {
  return verdict.kind === 'skip' ? verdict.reason : verdict.kind;
}

/** The old extension for Linux, beside which the new one fails. */
export function oldExtension(): CandidateExtension {
  return extensionOf({ type: 'AADLoginForLinux', name: 'AADLoginForLinux' });
}
