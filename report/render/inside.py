"""What runs inside the kernel: batches of inline expressions, and errors told with the document's lines.

Not here: the kernel from outside (`kernel`), and what cells call (`report.cells.kit`).
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

INLINE = "application/x-report-inline+json"
FAILED = "application/x-report-error+json"


def begin() -> None:
    """Import what displays need, while the study is still being prepared, and report errors in our way."""
    from IPython.core.getipython import get_ipython  # the renderer reads this module too, and need not wait for it

    shell = get_ipython()
    if shell is None:
        raise RuntimeError("this is for a Jupyter kernel")
    # A kernel lives for one report: looking for cycles over and over costs more than it frees.
    gc.disable()
    shell.set_custom_exc((BaseException,), _failed)
    import trial_report.report.cells.displays
    import trial_report.report.cells.kit  # noqa: F401
    from trial_report.analysis.display.style import use_fonts

    use_fonts()


def warm() -> None:
    """Import the makers of the registry and the sentences; what is wrong with one is said when the document runs."""
    for name in ("trial_report.analysis.display.registry", "trial_report.report.prose", "great_tables"):
        if importlib.util.find_spec(name):
            importlib.import_module(name)


def _failed(shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, **_: Any) -> None:
    """Publish an error with the line of the cell it came from, instead of a traceback."""
    line = 0
    at: TracebackType | None = trace
    while at is not None:
        if at.tb_frame.f_globals is shell.user_ns:
            line = at.tb_lineno
        at = at.tb_next
    from IPython.display import display

    told = {
        "kind": kind.__name__,
        "message": str(error) or kind.__name__,
        "line": line,
        "traceback": "".join(traceback.format_exception(kind, error, trace)),
    }
    display({FAILED: told}, raw=True)


def inline(expressions: list[Callable[[], object]]) -> None:
    """Evaluate a batch of inline expressions and publish their Markdown, or the type of what has none."""
    from IPython.display import display

    found: list[dict[str, str]] = []
    for expression in expressions:
        shown = expression()
        written = getattr(shown, "_repr_markdown_", None)
        safe = type(shown).__module__.startswith("trial_report.report.") and callable(written)
        found.append({"markdown": written()} if safe and written else {"refused": type(shown).__name__})
    display({INLINE: found}, raw=True)
    sys.stdout.flush()
