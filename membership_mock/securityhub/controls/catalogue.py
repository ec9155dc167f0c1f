"""The security controls that Security Hub has, and the standards that each belongs to.

The data is in ``security_controls.json``, which is read when a control is first asked for. It holds
official ids, titles and numbers, compiled on 2026-11-29 from

- answers of ListSecurityControlDefinitions and GetSecurityControlDefinition that were exported in
  March 2025 (497 controls): ids, titles, severities, parameters and their ranges;
- the user guide's control reference (2026): newer controls, membership in standards, allowed
  values, regions;
- the user guide's page on consolidated control findings (2023): ids, titles and requirements of
  CIS 1.2.0, CIS 1.4.0 and PCI DSS 3.2.1.

Controls that the reference no longer has are left out. The ids of CIS 3.0.0 and 5.0.0 where two
controls share a requirement are inferred [SH-197], and so are the ids of PCI DSS 4.0.1, NIST SP
800-171 and the tagging standard, which are the ids of the controls. The requirements of PCI DSS
4.0.1 and NIST SP 800-171 are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any

from membership_mock.engine.lazy_dataclasses import dataclass

FSBP = "aws-foundational-security-best-practices/v/1.0.0"
TAGGING = "aws-resource-tagging-standard/v/1.0.0"
_CIS = "cis-aws-foundations-benchmark/v/"


@dataclass(frozen=True, slots=True)
class StandardForm:
    """The form in which a standard writes the ids and requirements of its controls.

    Attributes:
        resource: the name of the standard in every region: ``pci-dss/v/3.2.1``.
        control_prefix: the text before an id where it is shown, except in an ARN.
        requirement: the text before the number of a requirement.
        consolidated: the same in a finding for several standards; None if it is equal.
        in_ids: whether the ids of its controls are the numbers of their requirements.
        finding_type: the last part of the type of its findings; empty if there is no such part.
    """

    resource: str
    control_prefix: str = ""
    requirement: str = ""
    consolidated: str | None = None
    in_ids: bool = False
    finding_type: str = ""


def _cis(version: str, **differs: Any) -> StandardForm:
    form = {"requirement": f"CIS AWS Foundations Benchmark v{version}/", **differs}
    return StandardForm(
        _CIS + version, in_ids=True, finding_type="CIS AWS Foundations Benchmark", **form
    )


#: by the standard's name in the data. Source: published examples of DescribeStandardsControls and
#: of control findings.
FORMS: Mapping[str, StandardForm] = {
    "fsbp": StandardForm(FSBP, finding_type="AWS-Foundational-Security-Best-Practices"),
    "tagging": StandardForm(TAGGING),
    "ai": StandardForm("ai-security-best-practices/v/1.0.0"),
    "cis120": _cis(
        "1.2.0",
        control_prefix="CIS.",
        requirement="CIS AWS Foundations ",
        consolidated="CIS AWS Foundations Benchmark v1.2.0/",
    ),
    "cis140": _cis("1.4.0"),
    "cis300": _cis("3.0.0"),
    "cis500": _cis("5.0.0"),
    "nist80053": StandardForm("nist-800-53/v/5.0.0", requirement="NIST.800-53.r5 "),
    "nist800171": StandardForm(
        "nist-800-171/v/2.0.0", requirement="NIST.800-171.r2 ", consolidated="NIST.800-171.r2/"
    ),
    "pci321": StandardForm(
        "pci-dss/v/3.2.1",
        requirement="PCI DSS ",
        consolidated="PCI DSS v3.2.1/",
        finding_type="PCI-DSS",
    ),
    "pci401": StandardForm(
        "pci-dss/v/4.0.1", requirement="PCI DSS v4.0.1/", finding_type="PCI-DSS"
    ),
}
_BY_RESOURCE = {form.resource: form for form in FORMS.values()}


def form_of(resource: str) -> StandardForm:
    """Return the form of a standard; a plain form, if the standard is not in the data."""
    return _BY_RESOURCE.get(resource) or StandardForm(resource)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a control.

    Attributes:
        name: its name.
        type: the member of ConfigurationOptions and of a value: ``Integer``, ``EnumList``, …
        default: its value until one is set; None means that the check ignores it.
        least: the smallest number.
        most: the largest number.
        most_items: how many items a list may have.
        allowed: the values of an enum; None if they are not known.
    """

    name: str
    type: str
    default: Any = None
    least: float | None = None
    most: float | None = None
    most_items: int | None = None
    allowed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class StandardsControl:
    """A control as a standard has it; a standard may have one control twice.

    Attributes:
        standard: the standard, as in `StandardForm.resource`.
        security_control_id: the control.
        arn_id: its id in the standard, as it stands in an ARN.
        title: its title in the standard.
        requirements: the numbers of the requirements that it is for.
    """

    standard: str
    security_control_id: str
    arn_id: str
    title: str
    requirements: tuple[str, ...] = ()

    @property
    def control_id(self) -> str:
        """Its id in the standard, as DescribeStandardsControls shows it."""
        return form_of(self.standard).control_prefix + self.arn_id

    @property
    def related_requirements(self) -> list[str]:
        """The requirements as the operations on standards show them."""
        return [form_of(self.standard).requirement + each for each in self.requirements]

    @property
    def consolidated_requirements(self) -> list[str]:
        """The requirements as a finding shows them that stands for several standards."""
        form = form_of(self.standard)
        prefix = form.requirement if form.consolidated is None else form.consolidated
        return [prefix + each for each in self.requirements]


@dataclass(frozen=True, slots=True)
class SecurityControl:
    """A security control.

    Attributes:
        id: its id, such as ``S3.1``; upper and lower case differ.
        title: its title.
        severity: LOW, MEDIUM, HIGH or CRITICAL.
        standards: the standards that have it, each with the control as it has it.
        parameters: its parameters by name.
        rule: the AWS Config rule that evaluates it, if one does and is known.
        resource: the type of the resources that it checks, in CloudFormation's spelling, if known.
        checks_global: whether these resources are global, so that one region suffices.
        only_in: the only regions that have it; empty for no such limit.
        not_in: regions that do not have it.
    """

    id: str
    title: str
    severity: str
    standards: Mapping[str, tuple[StandardsControl, ...]]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    rule: str = ""
    resource: str = ""
    checks_global: bool = False
    only_in: frozenset[str] = frozenset()
    not_in: frozenset[str] = frozenset()

    @property
    def remediation_url(self) -> str:
        """The address of AWS's remediation (observed form)."""
        return f"https://docs.aws.amazon.com/console/securityhub/{self.id}/remediation"

    def is_available(self, region: str) -> bool:
        """Return whether a region has the control."""
        return region not in self.not_in and (not self.only_in or region in self.only_in)


@cache
def security_controls() -> Mapping[str, SecurityControl]:
    """Return all controls by their ids, in the byte order of these."""
    text = Path(__file__).with_name("security_controls.json").read_text(encoding="utf-8")
    return {each["id"]: _read(each) for each in json.loads(text)}


@cache
def in_order() -> Sequence[SecurityControl]:
    """Return all controls in the byte order of their ids."""
    return tuple(security_controls().values())


@cache
def of_standard(resource: str, region: str) -> Sequence[StandardsControl]:
    """Return the controls of a standard in a region, in the byte order of its control ids."""
    return controls_of(in_order(), resource, region)


def controls_of(
    controls: Iterable[SecurityControl], resource: str, region: str
) -> Sequence[StandardsControl]:
    """Return those of ``controls`` that a standard has in a region, each as it has it.

    They are in the byte order of the ids that the standard gives them (observed).
    """
    found = [
        each
        for control in controls
        if control.is_available(region)
        for each in control.standards.get(resource, ())
    ]
    return tuple(sorted(found, key=lambda each: each.control_id))


@cache
def checked_here(region: str, regions: tuple[str, ...]) -> frozenset[str]:
    """Return the controls of global resources that a policy lets run in one of its regions.

    The home region runs them; for those that it does not have, the first linked region that has
    them stands in (documented).

    Args:
        region: the region that is asked about.
        regions: all regions that the policy reaches, the home region first.
    """
    return frozenset(
        control.id
        for control in in_order()
        if control.checks_global
        and next((each for each in regions if control.is_available(each)), None) == region
    )


def _read(entry: Mapping[str, Any]) -> SecurityControl:
    standards = {}
    for name, described in entry["standards"].items():
        form = FORMS[name]
        ids = described.get("ids", [entry["id"]])
        titles = described.get("titles", [entry["title"]] * len(ids))
        standards[form.resource] = tuple(
            StandardsControl(
                form.resource,
                entry["id"],
                arn_id,
                title,
                tuple(described.get("related", [arn_id] if form.in_ids else ())),
            )
            for arn_id, title in zip(ids, titles, strict=True)
        )
    return SecurityControl(
        id=entry["id"],
        title=entry["title"],
        severity=entry["severity"],
        standards=standards,
        parameters={
            name: _parameter(name, described)
            for name, described in entry.get("parameters", {}).items()
        },
        rule=entry.get("rule", ""),
        resource=entry.get("resource", ""),
        checks_global=entry.get("global", False),
        only_in=frozenset(entry.get("only_in", ())),
        not_in=frozenset(entry.get("not_in", ())),
    )


def _parameter(name: str, described: Mapping[str, Any]) -> Parameter:
    allowed = described.get("allowed")
    return Parameter(
        name=name,
        type=described["type"],
        default=described.get("default"),
        least=described.get("min"),
        most=described.get("max"),
        most_items=described.get("maxItems"),
        allowed=tuple(allowed) if allowed is not None else None,
    )
