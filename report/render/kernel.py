"""Run a document's cells once, in order, in one Jupyter kernel of this very Python.

Not here: what is run in it to begin with (`inside`), and what a cell may end with (`report.cells.guard`).
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager, KernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from trial_report.declare.own import OwnCodeError
from trial_report.report.cells.options import LABEL
from trial_report.report.render import DocumentError
from trial_report.report.render.document import CodeCell, Document, Line, Words
from trial_report.report.render.inside import FAILED, INLINE
from trial_report.runtime.ending import MachineError
from trial_report.runtime.follow import following
from trial_report.runtime.processes import python_path

_START = ("from trial_report.report.render import inside as _inside; _inside.begin()", "_inside.warm()")
_ENDED = "the process that runs the document's cells ended by itself (out of memory?): run again"
_SPEAKING = ("KitError", "MissingResult", OwnCodeError.__name__, "OutputsError")
"""Errors whose message is written for a person."""


class _ThisPython(KernelSpecManager):
    """Finds one kernel: the Python that runs, whatever kernels the machine has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[
                sys.executable,
                "-m",
                "trial_report.runtime.alongside",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
            ],
            language="python",
            display_name=kernel_name,
        )


async def _ended(manager: KernelManager) -> None:
    await ensure_async(manager.shutdown_kernel(now=True))
    await ensure_async(manager.cleanup_resources())


class Kernel:
    """A kernel that begins to start, and to import, when it is made, and runs cells later.

    A context manager; leaving it ends the kernel's process, and removes its files, which stand beside the
    build folder that the environment names.
    """

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self.notebook: NotebookNode = nbformat.v4.new_notebook()
        own = self._own = Path(f"{environment['CSR_BUILD']}.kernel").absolute()
        shutil.rmtree(own, ignore_errors=True)  # a run that was killed
        own.mkdir(mode=0o700, parents=True)
        manager = AsyncKernelManager(kernel_spec_manager=_ThisPython(), kernel_name="python3")
        manager.connection_file = str(own / "kernel.json")
        if sys.platform == "linux":  # a socket that is no file: it leaves nothing behind, on whatever disk
            manager.transport, manager.ip = "ipc", f"@report-{secrets.token_hex(8)}"
        elif os.name == "posix" and len(str(own)) < 80:  # a socket's path may not be long
            manager.transport, manager.ip = "ipc", str(own / "socket")
        self.client = NotebookClient(
            self.notebook, km=manager, timeout=None, allow_errors=True, store_widget_state=False,
            resources={"metadata": {"path": str(root)}},
        )  # fmt: skip
        variables = {
            **os.environ,
            **environment,
            **following(),
            "PYTHONPATH": python_path(environment.get("PYTHONPATH")),
            "PYTHONHASHSEED": "0",
            "MPLBACKEND": "agg",
            "IPYTHONDIR": str(own),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        # exec_lines run as soon as the kernel is up, so imports overlap with the preparation of the study.
        arguments = ["--HistoryManager.enabled=False", *(f"--IPKernelApp.exec_lines={line}" for line in _START)]
        self.client.extra_arguments = arguments
        run_sync(self.client.async_start_new_kernel)(env=variables)
        self._ready = False

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, *_: object) -> None:
        manager = self.client.km
        if self.client.kc is not None:
            self.client.kc.stop_channels()
        if manager is not None:
            run_sync(_ended)(manager)
        shutil.rmtree(self._own, ignore_errors=True)

    def _execute(self, source: str) -> list[NotebookNode]:
        if not self._ready:
            try:
                self.client.kc = self.client.start_new_kernel_client()
            except RuntimeError as error:
                raise MachineError(_ENDED) from error
            self._ready = True
            # Said once more where errors are seen: lines run at the kernel's start fail silently.
            failed = next((o for o in self._execute(_START[0]) if o["output_type"] == "error"), None)
            if failed:
                raise DocumentError(f"the kernel cannot import the project: {failed['ename']}: {failed['evalue']}")
        cell = nbformat.v4.new_code_cell(source)
        self.notebook.cells.append(cell)
        try:
            self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        except DeadKernelError as error:
            raise MachineError(_ENDED) from error
        return list(cell.outputs)

    def run(self, document: Document) -> str:
        """Run all cells and inline expressions and return one Markdown text with their results.

        Raises DocumentError, naming file and line, where a cell or expression fails or gives what is not allowed,
        and MachineError where the kernel is gone.
        """
        parts: list[str] = []
        for piece in document.pieces:
            if isinstance(piece, Words):
                parts.append(piece.filled(self._inline(piece.expressions)))
            else:
                shown = "\n\n".join(_outputs(piece, self._execute(piece.source)))
                if LABEL.fullmatch(piece.label) and piece.shown and f'id="o-{piece.label}"' not in shown:
                    what = f"the cell labelled '{piece.label}' ends with no table or figure"
                    raise DocumentError(what, piece.file, piece.line)
                if piece.shown:
                    parts.append(shown)
        return "\n\n".join(parts)

    def _inline(self, expressions: list[tuple[Line, str]]) -> list[str]:
        if not expressions:
            return []
        # A line of source for each expression: the line of an error then says which one it was.
        source = "\n".join(["_inside.inline([", *(f"lambda: ({text})," for _, text in expressions), "])"])
        outputs = self._execute(source)
        for output in outputs:
            data = output.get("data", {})
            if FAILED in data:
                place = min(max(int(data[FAILED]["line"]) - 2, 0), len(expressions) - 1)
                line, text = expressions[place]
                raise _error(data[FAILED], line.file, line.number, f"`{text}`: ")
            _no_words(output, expressions[0][0].file, expressions[0][0].number)
            if INLINE in data:
                for (line, text), found in zip(expressions, data[INLINE], strict=True):
                    if "refused" in found:
                        what = f"inline expression `{text}` gives a bare {found['refused']}"
                        raise DocumentError(f"{what}: use num(…), text(…) or ref(…)", line.file, line.number)
                return [found["markdown"] for found in data[INLINE]]
        raise DocumentError("inline expressions gave no result", expressions[0][0].file, expressions[0][0].number)


def _error(error: Mapping[str, Any], file: str, line: int, before: str = "") -> DocumentError:
    # Of the study's own code the message names its file and line; what only shows its display is not at fault.
    if error["kind"] == OwnCodeError.__name__:
        return DocumentError(_told(error))
    return DocumentError(_told(error, before), file, line)


def _told(error: Mapping[str, Any], before: str = "") -> str:
    name = "" if error["kind"] in _SPEAKING else f"{error['kind']}: "
    if os.environ.get("CSR_TRACEBACK"):
        return f"{before}{name}{error['message']}\n{error['traceback']}"
    return f"{before}{name}{error['message']}"


def _no_words(output: Mapping[str, Any], file: str, line: int) -> None:
    if output["output_type"] == "stream" and output["name"] == "stdout" and output["text"].strip():
        first = output["text"].strip().splitlines()[0][:80]
        raise DocumentError(f"a cell prints ('{first}'); it must return show(…), text(…) or the like", file, line)
    if output["output_type"] == "stream" and output["name"] == "stderr":
        sys.stderr.write(f"{file}:{line}: {output['text']}")


def _outputs(cell: CodeCell, outputs: list[NotebookNode]) -> Iterator[str]:
    for output in outputs:
        data = output.get("data", {})
        if FAILED in data:
            inner = max(int(data[FAILED]["line"]), 1)
            raise _error(data[FAILED], cell.file, cell.line + inner - 1)
        if output["output_type"] == "error":
            raise DocumentError(f"{output['ename']}: {output['evalue']}", cell.file, cell.line)
        _no_words(output, cell.file, cell.line)
        if output["output_type"] == "stream":
            continue
        if "text/markdown" not in data or not str(data.get("text/plain", "")).startswith("<report "):
            given = str(data.get("text/plain", ", ".join(data)))[:80]
            raise DocumentError(f"this cell gives what a report cannot show safely ({given})", cell.file, cell.line)
        yield str(data["text/markdown"])
