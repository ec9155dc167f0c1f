"""The limits and patterns of the fields of a finding, which the service model does not have.

Sources: the pages of the finding's fields for lengths, numbers of items and timestamps; logs of
real calls for the patterns of types and timestamps, and for the number of associated standards.
"""

from __future__ import annotations

from collections.abc import Mapping

#: the pattern of timestamps, as the service prints it (observed)
TIMESTAMP = (
    r"(\d\d\d\d)-[0-1](\d)-[0-3](\d)[Tt](?:[0-2](\d):[0-5](\d):[0-5](\d)|23:59:60)(?:\.(\d)+)?"
    r"(?:[Zz]|[+-](\d\d)(?::?(\d\d))?)$"
)

#: by field: how many characters, or how many items; lists are passed through
LENGTHS: Mapping[str, tuple[int, int]] = {
    "Id": (1, 512),
    "ProductArn": (12, 2048),
    "ProductName": (1, 128),
    "CompanyName": (1, 128),
    "GeneratorId": (1, 512),
    "Title": (1, 256),
    "Description": (1, 1024),
    "AwsAccountName": (1, 50),
    "Types": (0, 50),
    "FindingProviderFields.Types": (0, 50),
    "Severity.Original": (1, 64),
    "FindingProviderFields.Severity.Original": (1, 64),
    "Remediation.Recommendation.Text": (1, 512),
    "ProductFields": (0, 50),
    "UserDefinedFields": (0, 50),
    "Malware": (0, 5),
    "Malware.Name": (1, 64),
    "Malware.Path": (1, 512),
    "Network.Protocol": (1, 16),
    "Network.SourceDomain": (1, 128),
    "Network.DestinationDomain": (1, 128),
    "NetworkPath.ComponentId": (1, 32),
    "NetworkPath.ComponentType": (1, 32),
    "NetworkPath.Egress.Protocol": (1, 16),
    "NetworkPath.Ingress.Protocol": (1, 16),
    "Process.Name": (1, 64),
    "Process.Path": (1, 512),
    "Threats": (1, 32),
    "Threats.Name": (1, 128),
    "Threats.Severity": (1, 128),
    "Threats.FilePaths": (1, 5),
    "Threats.FilePaths.FilePath": (1, 128),
    "Threats.FilePaths.FileName": (1, 128),
    "Threats.FilePaths.ResourceId": (1, 128),
    "Threats.FilePaths.Hash": (1, 128),
    "ThreatIntelIndicators": (1, 5),
    "ThreatIntelIndicators.Value": (1, 512),
    "ThreatIntelIndicators.Source": (1, 64),
    "Resources": (1, 32),
    "Resources.Type": (1, 256),
    "Resources.Region": (1, 16),
    "Resources.Details.Other": (0, 50),
    "Compliance.RelatedRequirements": (0, 32),
    "Compliance.AssociatedStandards": (0, 20),
    "RelatedFindings": (1, 10),
    "FindingProviderFields.RelatedFindings": (1, 10),
    "Note.Text": (1, 512),
    "PatchSummary.Id": (1, 256),
    "PatchSummary.RebootOption": (1, 256),
    "PatchSummary.Operation": (1, 256),
    "Action.NetworkConnectionAction.RemotePortDetails.PortName": (1, 128),
    "Action.NetworkConnectionAction.LocalPortDetails.PortName": (1, 128),
    "Action.NetworkConnectionAction.Protocol": (1, 64),
    "Action.AwsApiCallAction.Api": (1, 128),
    "Action.AwsApiCallAction.ServiceName": (1, 128),
    "Action.AwsApiCallAction.DomainDetails.Domain": (1, 128),
    "Action.DnsRequestAction.Domain": (1, 128),
    "Action.DnsRequestAction.Protocol": (1, 64),
    "GeneratorDetails.Labels": (0, 10),
}

#: by map: how many characters a key may have, and how many a value
ENTRIES: Mapping[str, tuple[int, int]] = {
    "ProductFields": (128, 2048),
    "UserDefinedFields": (128, 1024),
    "Resources.Details.Other": (128, 1024),
    "Resources.Tags": (128, 256),
}

#: by field: the least and the greatest number
RANGES: Mapping[str, tuple[int, int]] = {
    "Confidence": (0, 100),
    "Criticality": (0, 100),
    "Severity.Normalized": (0, 100),
}

#: by field: the pattern, as the service prints it
PATTERNS: Mapping[str, str] = {
    "SchemaVersion": "^2018-10-08$",
    "ProductArn": r"^arn:[^:]+:securityhub:[^:]+:(\d{12})?:product/[^/]+/[^/]+$",
    "AwsAccountId": r"^\d{12}$",
    "Types": "^([^/]+)(/[^/]+){0,2}$",
    "FindingProviderFields.Types": "^([^/]+)(/[^/]+){0,2}$",
    "CreatedAt": TIMESTAMP,
    "UpdatedAt": TIMESTAMP,
    "FirstObservedAt": TIMESTAMP,
    "LastObservedAt": TIMESTAMP,
    "ProcessedAt": TIMESTAMP,
    "Process.LaunchedAt": TIMESTAMP,
    "Process.TerminatedAt": TIMESTAMP,
    "ThreatIntelIndicators.LastObservedAt": TIMESTAMP,
    "Note.UpdatedAt": TIMESTAMP,
    "Vulnerabilities.Vendor.VendorCreatedAt": TIMESTAMP,
    "Vulnerabilities.Vendor.VendorUpdatedAt": TIMESTAMP,
    "PatchSummary.OperationStartTime": TIMESTAMP,
    "PatchSummary.OperationEndTime": TIMESTAMP,
    "Action.AwsApiCallAction.FirstSeen": TIMESTAMP,
    "Action.AwsApiCallAction.LastSeen": TIMESTAMP,
}
