import type { VirtualMachineSeed } from '../../estate';
import type { VmExtensionSeed } from '../../estateConnect';
import type { ArmResponse } from '../contract';
import { nameOf } from './armPath';
import { findArtifact } from './artifacts';
import { versionOf } from './extensionBody';
import { gatewayError, isRecord } from './http';
import { machineError } from './machineErrors';
import { readTags } from './tags';

/** What a PUT or PATCH of an extension asks for. */
export type WantedExtension = Required<
  Pick<VmExtensionSeed, 'publisher' | 'type' | 'typeHandlerVersion' | 'autoUpgradeMinorVersion'>
> &
  Pick<VmExtensionSeed, 'settings' | 'tags'>;

const unreadable = (message: string): ArmResponse =>
  machineError(400, 'InvalidRequestContent', message);

/**
 * Reads the body of a PUT, or of a PATCH, whose missing parts are those of the extension that is
 * there. Protected settings are taken and forgotten.
 */
export function readExtension(
  json: unknown,
  vm: VirtualMachineSeed,
  base: VmExtensionSeed | undefined,
): WantedExtension | ArmResponse {
  if (!isRecord(json)) return unreadable('The request has no body.');
  const properties = json['properties'];
  const tags = readTags(json);
  if (!isRecord(properties) || tags === 'unreadable') {
    return unreadable('The properties or tags cannot be read.');
  }
  const misplaced = base === undefined ? refusePlace(json['location'], vm) : undefined;
  if (misplaced !== undefined) return misplaced;
  const text = (name: 'publisher' | 'type'): string | undefined => {
    const value = properties[name] ?? base?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const publisher = text('publisher');
  const type = text('type');
  const version = properties['typeHandlerVersion'] ?? (base && versionOf(base));
  if (publisher === undefined || type === undefined || typeof version !== 'string') {
    return machineError(
      400,
      'InvalidParameter',
      "The parameters 'publisher', 'type' and 'typeHandlerVersion' are required.",
    );
  }
  const upgrade = properties['autoUpgradeMinorVersion'] ?? base?.autoUpgradeMinorVersion ?? false;
  const settings = properties['settings'] ?? base?.settings;
  return {
    publisher,
    type,
    typeHandlerVersion: version,
    autoUpgradeMinorVersion: upgrade === true,
    ...(settings === undefined || settings === null ? {} : { settings }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function refusePlace(location: unknown, vm: VirtualMachineSeed): ArmResponse | undefined {
  const message = 'The location property is required for this definition.';
  if (typeof location !== 'string' || location === '') {
    return gatewayError(400, 'LocationRequired', message);
  }
  const plain = (text: string): string => text.replaceAll(' ', '').toLowerCase();
  if (plain(location) === plain(vm.location)) return undefined;
  return machineError(
    400,
    'InvalidParameter',
    `The location '${location}' is not that of the VM, '${vm.location}'.`,
  );
}

/** 404 where the region offers no such handler or no such version of it. */
export function refuseUnknownArtifact(
  wanted: WantedExtension,
  vm: VirtualMachineSeed,
): ArmResponse | undefined {
  const { publisher, type, typeHandlerVersion } = wanted;
  const found = findArtifact(wanted);
  if (found === 'found') return undefined;
  const [code, message] =
    found === 'noType'
      ? [
          'ArtifactNotFound',
          `The VM extension with publisher '${publisher}' and type '${type}' could not be found ` +
            `in location '${vm.location}'.`,
        ]
      : [
          'ArtifactVersionNotFound',
          'No version found in the artifact repository that satisfies the requested version ' +
            `'${typeHandlerVersion}' for VM extension with publisher '${publisher}' and type ` +
            `'${type}'.`,
        ];
  return machineError(404, code ?? '', message ?? '');
}

const isSameHandler = (
  one: Pick<VmExtensionSeed, 'publisher' | 'type'>,
  other: Pick<VmExtensionSeed, 'publisher' | 'type'>,
): boolean =>
  `${one.publisher}.${one.type}`.toLowerCase() === `${other.publisher}.${other.type}`.toLowerCase();

/** What stands on the VM already and is in the way of the wanted one. */
export function refuseBesideOthers(
  wanted: WantedExtension,
  name: string,
  vm: VirtualMachineSeed,
): ArmResponse | undefined {
  const handler = `${wanted.publisher}.${wanted.type}`;
  for (const other of vm.extensions ?? []) {
    if (!isSameHandler(other, wanted)) continue;
    if (other.name.toLowerCase() !== name.toLowerCase()) {
      return machineError(
        400,
        'BadRequest',
        `Multiple VMExtensions per handler not supported for OS type '${vm.osType}'. VMExtension ` +
          `'${name}' with handler '${handler}' already added or specified in input.`,
      );
    }
    return refuseOtherVersion(wanted, other, handler) ?? refuseFailed(other, vm);
  }
  return undefined;
}

/** Azure/azure-rest-api-specs#17102. */
function refuseOtherVersion(
  wanted: WantedExtension,
  other: VmExtensionSeed,
  handler: string,
): ArmResponse | undefined {
  const upgrade = other.autoUpgradeMinorVersion ?? true;
  const version = versionOf(other);
  if (wanted.typeHandlerVersion === version && wanted.autoUpgradeMinorVersion === upgrade) {
    return undefined;
  }
  return machineError(
    409,
    'OperationNotAllowed',
    'Cannot update handlerVersion or autoUpgradeMinorVersion for VM extension ' +
      `'${other.name}'. Change is in conflict with other extensions under handler '${handler}', ` +
      `with typeHandlerVersion '${version}' and autoUpgradeMinorVersion ` +
      `'${upgrade ? 'True' : 'False'}'.`,
  );
}

/** On Linux one that failed has to be deleted before it is added again. */
function refuseFailed(other: VmExtensionSeed, vm: VirtualMachineSeed): ArmResponse | undefined {
  if (other.provisioningState !== 'Failed' || vm.osType !== 'Linux') return undefined;
  return machineError(
    409,
    'OperationNotAllowed',
    `Operation 'Put VM extension' is not allowed on VM '${nameOf(vm.id)}' since VM has extension ` +
      `'${other.name}' in failed state.`,
  );
}

/** 409 of a VM that has nobody to carry an extension out. */
export function refuseWithoutAgent(vm: VirtualMachineSeed): ArmResponse | undefined {
  if (vm.powerState !== 'running') {
    return machineError(
      409,
      'OperationNotAllowed',
      'Cannot modify extensions in the VM when the VM is not running.',
    );
  }
  if (vm.agent !== 'absent' && vm.allowExtensionOperations !== false) return undefined;
  return machineError(
    409,
    'OperationNotAllowed',
    'This operation cannot be performed when extension operations are disallowed. To allow, ' +
      'please ensure VM Agent is installed on the VM and the osProfile.allowExtensionOperations ' +
      'property is true.',
  );
}
