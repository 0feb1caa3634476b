"""A real identity provider in a process of its own, and one in front of it that lies where a test says so."""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

_SERVE: Final = """
import os, sys, threading, time
time.time = lambda: float(sys.argv[1])
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from oidc_provider_mock.__main__ import run
run(["--port", "0", "--require-nonce"])
"""
"""Its clock stands still. It ends when the pipe that the test holds is closed, by whatever."""

_PATIENCE: Final = 30.0
KEY: Final = ECKey.generate_key("P-256", {"kid": "forged", "use": "sig"}, auto_kid=False)
"""The liar's own, which it publishes beside the provider's."""


@contextmanager
def provider(folder: Path, at: datetime) -> Iterator[str]:
    """Its issuer, at that moment for ever. Whoever is sent there says himself who he is."""
    log = folder / "provider.log"
    with (
        log.open("wb") as written,
        subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-W", "ignore", "-c", _SERVE, str(at.timestamp())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=written,
        ) as process,
    ):
        until = time.monotonic() + _PATIENCE
        while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield found[1]
        assert process.stdin is not None
        process.stdin.close()


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """A request that writes no log: its status, headers and content."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_PATIENCE)
    try:
        connection.request(method, f"{parts.path or '/'}?{parts.query}".rstrip("?"), body, headers or {})
        answered = connection.getresponse()
        return answered.status, answered.headers, answered.read()
    finally:
        connection.close()


def consent(departure: str, subject: str) -> str:
    """Whoever was sent to the provider says there who he is; where it sends him then."""
    form = urlencode({"sub": subject}).encode()
    status, headers, _ = call("POST", departure, form, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 302
    location: str = headers["Location"]
    return location


def describe(issuer: str, subject: str, **claims: Any) -> None:
    """What the provider says of somebody besides."""
    told = json.dumps(claims).encode()
    assert call("PUT", f"{issuer}/users/{subject}", told, {"Content-Type": "application/json"})[0] == 204


@dataclass
class Lies:
    """What is changed of what passes by; ``token`` is given the claims and gives an identity token."""

    configuration: dict[str, Any] = field(default_factory=dict)
    token: Callable[[dict[str, Any]], str] | None = None
    is_down: bool = False
    delay: float = 0.0
    asked: list[tuple[str, bytes, str]] = field(default_factory=list)
    """Path, body and Authorization of every request that came."""


def signed(claims: dict[str, Any], **changed: Any) -> str:
    """An identity token by the liar's key, with some claims changed; None takes one out."""
    told = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    return jwt.encode({"alg": "ES256", "kid": "forged"}, told, KEY)


def unsigned(claims: dict[str, Any]) -> str:
    return _encoded({"alg": "none", "kid": "forged"}, claims) + "."


def keyed(claims: dict[str, Any], secret: bytes) -> str:
    """By HS256, with what the other side might take for a shared key."""
    content = _encoded({"alg": "HS256", "kid": "forged"}, claims)
    return f"{content}.{_base64(hmac.digest(secret, content.encode(), 'sha256'))}"


@contextmanager
def lying(behind: str) -> Iterator[tuple[str, Lies]]:
    """A provider of its own issuer that hands everything on to the real one, and changes what it is told to."""
    lies = Lies()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            lies.asked.append((self.path, body, self.headers.get("Authorization", "")))
            time.sleep(lies.delay)
            if lies.is_down:
                self._tell(503, b"{}")
                return
            handed_on = {name: value for name, value in self.headers.items() if name != "Connection"}
            status, headers, content = call(self.command, behind + self.path, body or None, handed_on)
            self._tell(status, _changed(lies, self.path, content), headers.get("Location"))

        def _tell(self, status: int, content: bytes, location: str | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if location is not None:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing: what is written to standard error only hides what failed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lies
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _encoded(*parts: dict[str, Any]) -> str:
    return ".".join(_base64(json.dumps(each).encode()) for each in parts)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _changed(lies: Lies, path: str, content: bytes) -> bytes:
    if path.startswith("/.well-known/"):
        told = json.loads(content)
        told["id_token_signing_alg_values_supported"] += ["ES256", "HS256", "none"]
        return json.dumps({**told, **lies.configuration}).encode()
    if path.startswith("/jwks") and lies.token is not None:
        told = json.loads(content)
        told["keys"].append(KEY.as_dict(private=False))
        return json.dumps(told).encode()
    if path.startswith("/oauth2/token") and lies.token is not None:
        told = json.loads(content)
        claims = told["id_token"].split(".")[1]
        told["id_token"] = lies.token(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))))
        return json.dumps(told).encode()
    return content
