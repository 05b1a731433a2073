import type { ArmResponse } from '../contract';
import type { OperationEnd } from './call';
import { answer } from './http';

type Failure = OperationEnd['error'];

/** An error of the Compute provider: without the `details` that the Network provider always has. */
export function machineError(status: number, code: string, message: string): ArmResponse {
  return answer(status, { error: { code, message } }, { 'x-ms-failure-cause': 'service' });
}

/** A running operation that a stop, a delete or a new machine of the name overtook. */
export const preempted: Failure = {
  code: 'OperationPreempted',
  message: 'Operation execution has been preempted by a more recent operation.',
};

/** Which extension an error is about, and what its handler is. */
export type HandlerNames = { name: string; publisher: string; type: string; version: string };

/** A Windows handler ended with an exit code. Text: MicrosoftDocs/azure-docs#43471. */
export function windowsExit(names: HandlerNames, exitCode: number): Failure {
  const { name, publisher, type, version } = names;
  const handler = `${publisher}.${type}`;
  return {
    code: 'VMExtensionHandlerNonTransientError',
    message:
      `Handler '${handler}' has reported failure for VM Extension '${name}' with terminal error ` +
      `code '1007' and error message: 'Install failed for plugin (name: ${handler}, version ` +
      `${version}) with exception Command C:\\Packages\\Plugins\\${handler}\\${version}\\` +
      `${type}Handler.exe of ${handler} has exited with Exit code: ${exitCode}'`,
  };
}

/** A Linux handler's script ended with an exit code. Text as in public reports. */
export function linuxExit(names: HandlerNames, exitCode: number): Failure {
  const { name, publisher, type, version } = names;
  const handler = `${publisher}.${type}`;
  return {
    code: 'VMExtensionHandlerNonTransientError',
    message:
      `The handler for VM extension type '${handler}' has reported terminal failure for VM ` +
      `extension '${name}' with error message: '[ExtensionOperationError] Non-zero exit code: ` +
      `${exitCode}, /var/lib/waagent/${handler}-${version}/./installer.sh'. More information on ` +
      'troubleshooting is available at https://aka.ms/vmextensionlinuxtroubleshoot.',
  };
}

/** A handler that says in words what went wrong. Template as in public reports. */
export function provisioningError({ name, publisher, type }: HandlerNames, text: string): Failure {
  return {
    code: 'VMExtensionProvisioningError',
    message:
      `VM has reported a failure when processing extension '${name}' (publisher '${publisher}' ` +
      `and type '${type}'). Error message: '${text}'. More information on troubleshooting is ` +
      'available at https://aka.ms/vmextensionwindowstroubleshoot.',
  };
}

/** learn.microsoft.com/troubleshoot/azure/virtual-machines: error messages of VMs. */
export function agentSilent(vmName: string): Failure {
  return {
    code: 'VMAgentStatusCommunicationError',
    message:
      `VM '${vmName}' has not reported status for VM agent or extensions. Verify that the OS is ` +
      'up and healthy, the VM has a running VM agent, and that it can establish outbound ' +
      'connections to Azure storage. Please refer to ' +
      'https://aka.ms/vmextensionwindowstroubleshoot for additional VM agent troubleshooting ' +
      'information.',
  };
}

/** The same page. */
export function timedOut(name: string): Failure {
  return {
    code: 'VMExtensionProvisioningTimeout',
    message:
      `Provisioning of VM extension ${name} has timed out. Extension provisioning has taken too ` +
      'long to complete. The extension did not report a message. More information on ' +
      'troubleshooting is available at https://aka.ms/VMExtensionCSEWindowsTroubleshoot',
  };
}
