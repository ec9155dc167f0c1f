"""Many objects that stay, made without the garbage collector looking at them again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def making_lasting_objects() -> Iterator[None]:
    """Keep the garbage collector off while modules are imported, or large files are read.

    Afterwards the objects are where the collector puts those that have survived: it looks at them
    when it looks at everything. Scanning them takes longer than making some of them.
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
