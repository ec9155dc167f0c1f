"""The products that Security Hub has integrations with, the same in every region.

Sources: the user guide, pages on AWS service integrations and on third-party integrations (archived
edition of March 2023, read in November 2026), for ARNs and directions; the answer of a fresh hub in
us-east-1 (April 2026) for what is subscribed by default; findings recorded between 2020 and 2025
for the names of Security Hub, Config, GuardDuty, Inspector, Prowler, Cloud Custodian and
CrowdStrike. The spelling of the other names is inferred [SH-226].
"""

from __future__ import annotations

from functools import cache

from membership_mock.engine.lazy_dataclasses import dataclass

SENDS = "SEND_FINDINGS_TO_SECURITY_HUB"
RECEIVES = "RECEIVE_FINDINGS_FROM_SECURITY_HUB"


@dataclass(frozen=True)
class Product:
    """A product of the catalogue.

    Attributes:
        tail: company and product as in the ARN, e.g. ``prowler/prowler``.
        company_name: the company, as findings name it.
        product_name: the product, as findings name it.
        account_id: the account of the partner that the ARN holds; empty for ARNs without one.
        integration_types: the directions in which findings go.
        is_default: whether a new hub is subscribed to it.
        categories: what kind of product it is.
        activation_url: where it is set up; empty where that is not known.
    """

    tail: str
    company_name: str
    product_name: str
    account_id: str = ""
    integration_types: tuple[str, ...] = (SENDS,)
    is_default: bool = False
    categories: tuple[str, ...] = ()
    activation_url: str = ""

    def arn(self, partition: str, region: str) -> str:
        """Return the ARN of the product in a region."""
        return f"arn:{partition}:securityhub:{region}:{self.account_id}:product/{self.tail}"


#: tail, company name, product name
_DEFAULTS = (
    (
        "amazon/route-53-resolver-dns-firewall-advanced",
        "Amazon",
        "Route 53 Resolver DNS Firewall Advanced",
    ),
    ("amazon/route-53-resolver-dns-firewall-aws-list", "Amazon", "Route 53 Resolver DNS Firewall"),
    ("aws/access-analyzer", "AWS", "IAM Access Analyzer"),
    ("aws/config", "AWS", "Config"),
    ("aws/firewall-manager", "AWS", "Firewall Manager"),
    ("aws/guardduty", "Amazon", "GuardDuty"),
    ("aws/health", "AWS", "Health"),
    ("aws/inspector", "Amazon", "Inspector"),
    ("aws/macie", "Amazon", "Macie"),
    ("aws/securityhub", "AWS", "Security Hub"),
    ("aws/ssm-patch-manager", "AWS", "Systems Manager Patch Manager"),
)
_OTHERS_OF_AWS = (
    ("aws/iot-device-defender-audit", "AWS", "IoT Device Defender - Audit"),
    ("aws/iot-device-defender-detect", "AWS", "IoT Device Defender - Detect"),
)
#: account, tail, company name, product name
_PARTNERS_WITH_ACCOUNT = (
    ("151784055945", "barracuda/cloudsecurityguardian", "Barracuda", "Cloud Security Guardian"),
    ("758245563457", "checkpoint/cloudguard-iaas", "Check Point", "CloudGuard IaaS"),
    ("634729597623", "checkpoint/dome9-arc", "Check Point", "CloudGuard Posture Management"),
    ("749430749651", "cyberark/cyberark-pta", "CyberArk", "Privileged Threat Analytics"),
    ("365761988620", "forcepoint/forcepoint-casb", "Forcepoint", "Forcepoint CASB"),
    ("365761988620", "forcepoint/forcepoint-dlp", "Forcepoint", "Forcepoint DLP"),
    ("365761988620", "forcepoint/forcepoint-ngfw", "Forcepoint", "Forcepoint NGFW"),
    ("324264561773", "guardicore/aws-infection-monkey", "Guardicore", "Infection Monkey"),
    ("496947949261", "twistlock/twistlock-enterprise", "Twistlock", "Enterprise Edition"),
    ("188619942792", "paloaltonetworks/redlock", "Palo Alto Networks", "Prisma Cloud"),
    ("805950163170", "qualys/qualys-vm", "Qualys", "Vulnerability Management"),
    ("336818582268", "rapid7/insightvm", "Rapid7", "InsightVM"),
    ("062897671886", "sophos/sophos-server-protection", "Sophos", "Server Protection"),
    ("956882708938", "sumologicinc/sumologic-mda", "Sumo Logic", "Machine Data Analytics"),
    ("754237914691", "symantec-corp/symantec-cwp", "Symantec", "Cloud Workload Protection"),
    ("422820575223", "tenable/tenable-io", "Tenable", "Tenable.io"),
    ("978576646331", "vectra-ai/cognito-detect", "Vectra AI", "Cognito Detect"),
    ("453761072151", "turbot/turbot", "Turbot", "Turbot"),
    ("679703615338", "armordefense/armoranywhere", "Armor", "Armor Anywhere"),
    ("733251395267", "alertlogic/althreatmanagement", "Alert Logic", "SIEMless Threat Management"),
)
#: tail, company name, product name
_PARTNERS = (
    ("3coresec/3coresec", "3CORESec", "3CORESec"),
    ("aqua-security/kube-bench", "Aqua Security", "Kube-bench"),
    ("aquasecurity/aquasecurity", "Aqua Security", "Cloud Native Security Platform"),
    ("attackiq/attackiq-platform", "AttackIQ", "AttackIQ Platform"),
    ("bigid/bigid-enterprise", "BigID", "BigID Enterprise"),
    ("blue-hexagon/blue-hexagon-for-aws", "Blue Hexagon", "Blue Hexagon for AWS"),
    ("capitis/c2vs", "Capitis Solutions", "C2VS"),
    (
        "cloud-storage-security/antivirus-for-amazon-s3",
        "Cloud Storage Security",
        "Antivirus for Amazon S3",
    ),
    ("data-theorem/api-cloud-web-secure", "Data Theorem", "API Cloud Web Secure"),
    (
        "forcepoint/forcepoint-cloud-security-gateway",
        "Forcepoint",
        "Forcepoint Cloud Security Gateway",
    ),
    ("fugue/fugue", "Fugue", "Fugue"),
    ("guardicore/guardicore", "Guardicore", "Guardicore Centra"),
    ("hackerone/vulnerability-intelligence", "HackerOne", "Vulnerability Intelligence"),
    ("jfrog/jfrog-xray", "JFrog", "Xray"),
    (
        "juniper-networks/vsrx-next-generation-firewall",
        "Juniper Networks",
        "vSRX Next Generation Firewall",
    ),
    ("k9-security/access-analyzer", "k9 Security", "Access Analyzer"),
    ("lacework/lacework", "Lacework", "Lacework"),
    ("mcafee-skyhigh/mcafee-mvision-cloud-aws", "McAfee", "MVISION Cloud for AWS"),
    ("netscout/netscout-cyber-investigator", "NETSCOUT", "Cyber Investigator"),
    ("prowler/prowler", "Prowler", "Prowler"),
    ("secureclouddb/secureclouddb", "SecureCloudDB", "SecureCloudDB"),
    ("sentinelone/endpoint-protection", "SentinelOne", "Endpoint Protection"),
    ("sonrai-security/sonrai-dig", "Sonrai Security", "Sonrai Dig"),
    ("stackrox/kubernetes-security", "StackRox", "Kubernetes Security"),
    ("turbot/turbot", "Turbot", "Turbot"),
    ("wiz-security/wiz-security", "Wiz", "Wiz Security"),
)
_PARTNERS_BOTH_WAYS = (
    ("caveonix/caveonix-cloud", "Caveonix", "Caveonix Cloud"),
    ("cloud-custodian/cloud-custodian", "Cloud Custodian", "Cloud Custodian"),
    ("cloudtamerio/cloudtamerio", "Kion", "Kion"),
    ("disruptops-inc/disruptops", "DisruptOps", "DisruptOps"),
)
#: Source: the published answers of DescribeProducts; the account is that of the user guide.
_CROWDSTRIKE = Product(
    "crowdstrike/crowdstrike-falcon",
    "CrowdStrike",
    "CrowdStrike Falcon",
    "517716713836",
    categories=(
        "Endpoint Detection and Response (EDR)",
        "AV Scanning and Sandboxing",
        "Threat Intelligence Feeds and Reports",
        "Endpoint Forensics",
        "Network Forensics",
    ),
    activation_url="https://falcon.crowdstrike.com/support/documentation",
)


@cache
def catalogue() -> tuple[Product, ...]:
    """Return all products that send findings to Security Hub."""
    both = (SENDS, RECEIVES)
    return (
        *(Product(*each, is_default=True) for each in _DEFAULTS),
        *(Product(*each) for each in _OTHERS_OF_AWS),
        *(
            Product(tail, company, product, account, both if company == "Turbot" else (SENDS,))
            for account, tail, company, product in _PARTNERS_WITH_ACCOUNT
        ),
        *(
            Product(*each, integration_types=both if each[1] == "Turbot" else (SENDS,))
            for each in _PARTNERS
        ),
        *(Product(*each, integration_types=both) for each in _PARTNERS_BOTH_WAYS),
        _CROWDSTRIKE,
    )
