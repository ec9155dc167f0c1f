"""Makes many objects that stay, without repeated scans by the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def making_lasting_objects() -> Iterator[None]:
    """Keep the garbage collector off while modules are imported, or large files are read.

    Afterwards the objects are in the collector's oldest generation, which it scans only in a full
    collection. To scan them again and again can take longer than to make them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        # the code under test may have set objects aside itself, which have to stay there
        if hasattr(gc, "freeze") and gc.get_freeze_count() == 0:
            gc.freeze()
            gc.unfreeze()
        gc.enable()
