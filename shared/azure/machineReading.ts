import * as z from 'zod';
import type { CandidateExtension } from '../domain/remediation/candidate';
import type { MachineReading } from '../domain/remediation/machineReading';
import { subscriptionOf } from '../domain/armId';
import { errorOfStatus } from './errorIn';
import { identityOf, wireList, nameOf, powerOf, wireTags, wireText, wireTime } from './wireMachine';

const status = z.object({ code: wireText, message: wireText, time: wireTime });
const statuses = wireList(status);

const extension = z
  .object({
    id: wireText,
    name: wireText,
    properties: z.object({
      publisher: wireText,
      type: wireText,
      typeHandlerVersion: wireText,
      provisioningState: wireText,
    }),
  })
  .transform(({ id, name, properties }): CandidateExtension => ({
    name: name || nameOf(id),
    publisher: properties.publisher,
    type: properties.type,
    version: properties.typeHandlerVersion,
    state: properties.provisioningState,
  }));

const instanceView = z.object({
  computerName: wireText,
  osName: wireText,
  osVersion: wireText,
  vmAgent: z.object({ statuses }).nullish().catch(null),
  extensions: wireList(z.object({ name: wireText, statuses })),
  statuses,
});

const image = z.object({ publisher: wireText, offer: wireText, sku: wireText, id: wireText });

const properties = z.object({
  vmId: wireText,
  provisioningState: wireText,
  hardwareProfile: z.object({ vmSize: wireText }).nullish(),
  storageProfile: z
    .object({
      imageReference: image.nullish(),
      osDisk: z.object({ osType: wireText }).nullish(),
    })
    .nullish(),
  osProfile: z
    .object({ computerName: wireText, allowExtensionOperations: z.boolean().nullish() })
    .nullish(),
  virtualMachineScaleSet: z.object({ id: wireText }).nullish(),
  instanceView: instanceView.nullish(),
});

const wireVm = z.object({
  id: z.string().min(1),
  name: wireText,
  location: wireText,
  tags: wireTags,
  etag: wireText,
  managedBy: wireText,
  plan: z.object({ publisher: wireText }).nullish(),
  identity: z
    .object({
      type: wireText,
      userAssignedIdentities: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
  resources: wireList(extension),
  properties,
});

type WireVm = z.infer<typeof wireVm>;

/** A VM as `GET …?$expand=instanceView` gives it: what it is, what it runs, what its agent says. */
export const machineReading: z.ZodType<MachineReading> = wireVm.transform((vm) => {
  const view = vm.properties.instanceView;
  return {
    candidate: candidateOf(vm),
    etag: vm.etag,
    provisioning: {
      state: vm.properties.provisioningState,
      error: firstError(view?.statuses ?? []),
    },
    statuses: (view?.extensions ?? []).map((one) => ({
      name: one.name.toLowerCase(),
      at: one.statuses.find(({ time }) => time !== '')?.time ?? '',
      error: firstError(one.statuses),
    })),
  };
});

function candidateOf({ properties: of, ...vm }: WireVm): MachineReading['candidate'] {
  const view = of.instanceView;
  const source = of.storageProfile?.imageReference;
  return {
    vmId: vm.id,
    name: vm.name || nameOf(vm.id),
    subscriptionId: subscriptionOf(vm.id),
    location: vm.location,
    vmGuid: of.vmId.toLowerCase(),
    tags: vm.tags,
    osType: of.storageProfile?.osDisk?.osType ?? '',
    image: source ?? { publisher: '', offer: '', sku: '', id: '' },
    osName: view?.osName ?? '',
    osVersion: view?.osVersion ?? '',
    computerName: of.osProfile?.computerName || (view?.computerName ?? ''),
    vmSize: of.hardwareProfile?.vmSize ?? '',
    power: powerIn(view?.statuses ?? []),
    agent: agentOf(view?.vmAgent?.statuses),
    extensionsAllowed: of.osProfile?.allowExtensionOperations ?? null,
    identity: identityOf(vm.identity?.type ?? '', vm.identity?.userAssignedIdentities),
    scaleSetId: of.virtualMachineScaleSet?.id ?? '',
    planPublisher: vm.plan?.publisher ?? '',
    managedBy: vm.managedBy,
    extensions: vm.resources,
    outbound: 'unknown',
  };
}

type Status = z.infer<typeof status>;

function powerIn(all: readonly Status[]): string {
  return powerOf(all.find(({ code }) => /^PowerState\//i.test(code))?.code ?? '');
}

/** A machine whose agent was never heard of has none: it is not ready, and that is known. */
function agentOf(all: readonly Status[] | undefined): 'ready' | 'notReady' {
  const isReady = all?.some(({ code }) => /^ProvisioningState\/succeeded$/i.test(code)) ?? false;
  return isReady ? 'ready' : 'notReady';
}

function firstError(all: readonly Status[]) {
  for (const { code, message } of all) {
    const error = errorOfStatus(code, message);
    if (error !== null) return error;
  }
  return null;
}
