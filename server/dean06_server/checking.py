"""An installed plugin held to the promises of every plugin, as ``dean06 plugin check`` tells of it.

The promises are the tests of ``dean06_core.testing.PluginContract``; they run
in this process, in a folder that is thrown away, and touch no other database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dean06_core.errors import StartUpError

_SUITE: Final = """
from importlib import import_module

from dean06_core.testing import PluginContract


class TestPlugin(PluginContract):
    plugin = import_module({module!r})
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, as a sentence without its subject, and in which way it is broken, if it is."""

    sentence: str
    broken: str | None = None


def check(module: str, tell: Callable[[Promise], None]) -> list[Promise]:
    """Hold the plugin of a module to every promise, telling each as soon as it is known; returns the broken ones."""
    try:
        import pytest
    except ImportError as error:
        raise StartUpError(
            "The promises of a plugin are tests, and pytest is not installed here. Run: pip install pytest"
        ) from error
    listening = _Listener(tell)
    with TemporaryDirectory() as folder:
        suite, settings = Path(folder) / "test_promises.py", Path(folder) / "pytest.ini"
        suite.write_text(_SUITE.format(module=module), encoding="utf-8")
        settings.write_text("[pytest]\n", encoding="utf-8")
        quietly = ["-p", "no:terminal", "-p", "no:cacheprovider", "--disable-plugin-autoload", "-p", "anyio"]
        away = ["-c", str(settings), "--confcutdir", folder, "--basetemp", str(Path(folder) / "rooms")]
        status = pytest.main([*quietly, *away, str(suite)], plugins=[listening])
    broken = [promise for promise in listening.heard if promise.broken is not None]
    if status != (pytest.ExitCode.TESTS_FAILED if broken else pytest.ExitCode.OK):
        raise StartUpError(f"The promises of '{module}' could not be looked at. {listening.trouble}")
    return broken


@dataclass
class _Listener:
    """Hears from pytest how each test ended."""

    tell: Callable[[Promise], None]
    heard: list[Promise] = field(default_factory=list)
    trouble: str = ""

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.trouble = report.longreprtext

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed or report.when == "call":
            name = report.nodeid.rpartition("::test_")[2].replace("_", " ")
            promise = Promise(name, _reason(report) if report.failed else None)
            self.heard.append(promise)
            self.tell(promise)


def _reason(report: Any) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    reason: str = crash.message if crash else report.longreprtext
    return reason.removeprefix("Failed: ").strip()
