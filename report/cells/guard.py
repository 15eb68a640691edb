"""Under Quarto too, a cell or an inline expression gives only what both formats show alike.

Quarto shows whatever a cell gives: a table of great_tables or pandas stands in the page and is lost in the PDF, and a
bare string is read as Markdown. The embedded renderer refuses both by file and line; here the kernel itself does.
"""

from __future__ import annotations

import sys
from typing import Any

from trial_report.report.cells.pieces import KitError


def guard() -> None:
    """Refuse in this kernel to show anything but pieces of a report; outside a kernel there is nothing to do.

    The embedded renderer's kernel has checks of its own, which know the document's lines.
    """
    shell = _shell()
    if shell is None or "trial_report.report.render.inside" in sys.modules or hasattr(shell, "_report_guarded"):
        return
    shell._report_guarded = True
    formatter = shell.display_formatter
    show = formatter.format

    def format(shown: object, *arguments: Any, **named: Any) -> Any:
        if not type(shown).__module__.startswith("trial_report.report."):
            raise KitError(
                f"a cell or inline expression gives a bare {type(shown).__name__}, which the two formats would show "
                "differently: use show(…), num(…), text(…) or ref(…)"
            )
        return show(shown, *arguments, **named)

    formatter.format = format


def _shell() -> Any:
    """Return the shell of the kernel that runs, or None; IPython is not imported for it."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()
