"""Finds moto's modules; moto imports those of a service when it is first used."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import Any

from membership_mock.engine.moto.presence import require_moto


@cache
def module(name: str) -> Any:
    """Return a module of moto's, imported if need be.

    The import waits for another thread that is importing it.
    """
    require_moto()
    return importlib.import_module(name)


def models_of(service: str) -> Any:
    """Return moto's models of a service; None if the service has not been used yet.

    Another thread may be importing them. So this does not return the module from `sys.modules`,
    which may be incomplete: the import system waits until it is complete.

    Args:
        service: the name of moto's package, e.g. ``iam``.
    """
    name = f"moto.{service}.models"
    return importlib.import_module(name) if name in sys.modules else None


def require_models_of(service: str) -> Any:
    """Return moto's models of a service, imported if need be."""
    return module(f"moto.{service}.models")
