/** What the app asks of the compute provider. Throws `Fault`. */
export type Compute = {
  /** GET of one VM. `null`: Resource Manager says 404. */
  readVm(vmId: string): Promise<VmReading | null>;
  /**
   * Some VMs of one resource group by one GET: the first page of its list, which is as fresh as a
   * GET of each. A VM that is not on it has to be read by itself. `null`: 404.
   */
  listVms(groupId: string): Promise<VmReading[] | null>;
};

export type VmReading = {
  readonly id: string;
  /** The machine's own GUID (`properties.vmId`), lower case: a new VM of the same name has another. */
  readonly vmGuid: string;
};
