"""The parameters with which an analysis template is run."""

from __future__ import annotations

from collections.abc import Mapping

from membership_mock.cleanrooms.analyses.template_store import AnalysisTemplate
from membership_mock.cleanrooms.errors import ValidationException


def check_parameters(template: AnalysisTemplate, given: Mapping[str, str], field_name: str) -> None:
    """Refuse unknown parameters, and missing parameters, of ``template``.

    Raises:
        ValidationException: a name is unknown, or a parameter without a default is missing
            (inferred [CR-72]).
    """
    declared = {each["name"]: each for each in template.analysis_parameters or ()}
    unknown = sorted(given.keys() - declared.keys())
    missing = [
        name for name, each in declared.items() if name not in given and "defaultValue" not in each
    ]
    if unknown:
        raise ValidationException(
            f"The analysis template has no parameters named {', '.join(unknown)}.",
            field=field_name,
        )
    if missing:
        raise ValidationException(
            f"The analysis template needs values for {', '.join(missing)}.", field=field_name
        )
