"""A server that tests start is gone when they are, also when they are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from dean06_core.testing import servers

pytestmark = pytest.mark.postgresql
SERVE = """
import sys
from dean06_core.testing import servers
with servers.started() as url:
    print(url, flush=True)
    sys.stdin.read()
"""
PATIENCE = 30.0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_a_server_ends_with_whoever_started_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: signal.Signals | None
) -> None:
    monkeypatch.delenv(servers.GIVEN, raising=False)
    if not servers.is_possible():
        pytest.skip("The server of this run was given; none can be started here.")
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as serving:
        assert serving.stdout is not None
        url = serving.stdout.readline().strip()
        with psycopg.connect(url) as connection:
            [folder] = connection.execute("show data_directory").fetchone() or [""]
        if how is not None:
            serving.send_signal(how)
    waited_since = time.monotonic()
    while Path(folder).exists() and time.monotonic() < waited_since + PATIENCE:
        time.sleep(0.1)
    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
