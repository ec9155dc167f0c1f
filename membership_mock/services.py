"""The list of mocked services, the one file outside its folder that a service touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from membership_mock.cleanrooms.backend import CleanRoomsBackend
from membership_mock.security_ir.backend import SecurityIrBackend
from membership_mock.securityhub.backend import SecurityHubBackend

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.operation import Backend

#: the backend class of each mocked service, by the service's id
SERVICES: dict[str, type[Backend]] = {
    backend.service: backend
    for backend in (CleanRoomsBackend, SecurityHubBackend, SecurityIrBackend)
}
