// Where the audit is kept: an account of its own, because the identity of a Functions app must own
// the account of its host; a container that keeps what was added; and the right to read and add.
//
//   az deployment group create --resource-group <group> --template-file infra/audit.bicep \
//     --parameters accountName=<name> deployment=<DEPLOYMENT> principalId=<object id of the app>
//
// The policy can be taken away as long as it is not locked. Locking cannot be undone, so a person
// does it once records arrive:
//
//   az storage container immutability-policy show --account-name <name> \
//     --container-name postern-<DEPLOYMENT>-audit --query etag --output tsv
//   az storage container immutability-policy lock --account-name <name> \
//     --container-name postern-<DEPLOYMENT>-audit --if-match <etag>

@description('Name of the storage account.')
@minLength(3)
@maxLength(24)
param accountName string

@description('The six characters of the setting DEPLOYMENT.')
@minLength(6)
@maxLength(6)
param deployment string

@description('Object id of the main app\'s identity. The sweeper app has no business here.')
param principalId string

@description('How long a record cannot be deleted. Names and addresses are personal data.')
@minValue(1)
@maxValue(146000)
param retentionDays int = 365

param location string = resourceGroup().location

var role = loadJsonContent('roles/audit.json')

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: accountName
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    // With a key anybody could add to a chain in the app's place.
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'postern-${deployment}-audit'
  properties: { publicAccess: 'None' }
}

// Blobs can be made and appended to; nothing can be replaced or deleted before its time.
resource policy 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2023-05-01' = {
  parent: container
  name: 'default'
  properties: {
    allowProtectedAppendWrites: true
    immutabilityPeriodSinceCreationInDays: retentionDays
  }
}

resource writer 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, role.Name)
  properties: {
    roleName: '${role.Name} (${uniqueString(resourceGroup().id)})'
    description: role.Description
    type: 'CustomRole'
    permissions: [
      {
        actions: role.Actions
        notActions: role.NotActions
        dataActions: role.DataActions
        notDataActions: role.NotDataActions
      }
    ]
    assignableScopes: [resourceGroup().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: container
  name: guid(container.id, principalId, writer.id)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: writer.id
  }
}

@description('What the setting AUDIT_BLOB_SERVICE_URI of the app is.')
output blobServiceUri string = account.properties.primaryEndpoints.blob
