"""The evidence of a finding, from ASFF to OCSF.

The names of the fields are documented (they can be filtered by), that of API calls was recorded;
the pairing is inferred [SH-267].
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Fields = Mapping[str, Any]


def evidences(fields: Fields) -> list[dict[str, Any]]:
    """Return the evidence of a finding: its action and its network connection."""
    return [*_of_action(fields.get("Action", {})), *_of_network(fields.get("Network", {}))]


def _of_action(action: Fields) -> Iterator[dict[str, Any]]:
    call = action.get("AwsApiCallAction")
    if call:
        yield {
            "api": {
                "operation": call.get("Api"),
                "service": {"name": call.get("ServiceName")},
            },
            "src_endpoint": _remote(call.get("RemoteIpDetails", {})),
        }
    connection = action.get("NetworkConnectionAction")
    if connection:
        yield {
            "connection_info": {
                "direction": connection.get("ConnectionDirection"),
                "protocol_name": connection.get("Protocol"),
            },
            "dst_endpoint": {"port": connection.get("LocalPortDetails", {}).get("Port")},
            "src_endpoint": {
                **_remote(connection.get("RemoteIpDetails", {})),
                "port": connection.get("RemotePortDetails", {}).get("Port"),
            },
        }
    for probe in action.get("PortProbeAction", {}).get("PortProbeDetails", ()):
        yield {
            "dst_endpoint": {
                "ip": probe.get("LocalIpDetails", {}).get("IpAddressV4"),
                "port": probe.get("LocalPortDetails", {}).get("Port"),
            },
            "src_endpoint": _remote(probe.get("RemoteIpDetails", {})),
        }


def _of_network(network: Fields) -> Iterator[dict[str, Any]]:
    if network:
        yield {
            "connection_info": {
                "direction": network.get("Direction"),
                "protocol_name": network.get("Protocol"),
            },
            "dst_endpoint": _endpoint(network, "Destination"),
            "src_endpoint": _endpoint(network, "Source"),
        }


def _endpoint(network: Fields, side: str) -> dict[str, Any]:
    return {
        "hostname": network.get(f"{side}Domain"),
        "ip": network.get(f"{side}IpV4", network.get(f"{side}IpV6")),
        "port": network.get(f"{side}Port"),
    }


def _remote(given: Fields) -> dict[str, Any]:
    organization = given.get("Organization", {})
    return {
        "autonomous_system": {
            "name": organization.get("AsnOrg"),
            "number": organization.get("Asn"),
        },
        "ip": given.get("IpAddressV4"),
        "location": {
            "city": given.get("City", {}).get("CityName"),
            "country": given.get("Country", {}).get("CountryName"),
        },
    }
