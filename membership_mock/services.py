"""The list of mocked services, the one file outside its folder that a service touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from membership_mock.engine.pipeline.backends import Services
from membership_mock.security_ir.attachments import attachment_storage

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend


def _cleanrooms() -> type[Backend]:
    from membership_mock.cleanrooms.backend import CleanRoomsBackend

    return CleanRoomsBackend


def _security_ir() -> type[Backend]:
    from membership_mock.security_ir.backend import SecurityIrBackend

    return SecurityIrBackend


def _securityhub() -> type[Backend]:
    from membership_mock.securityhub.backend import SecurityHubBackend

    return SecurityHubBackend


#: the backend class of each mocked service, by the service's id
SERVICES = Services(
    {"cleanrooms": _cleanrooms, "securityhub": _securityhub, "security-ir": _security_ir},
    plain_http_endpoints=(attachment_storage.ENDPOINT,),
)
