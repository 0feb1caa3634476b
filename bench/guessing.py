"""Two hundred sign-ins a second that fail: a process of its own, which measures nothing and loads little.

They come from fifty addresses of this machine, each for another login, and are
sent at their moments whether or not the earlier ones were answered.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections import Counter
from typing import Any, Final

FAILURES: Final = 200
"""Sign-ins a second."""
SOURCES: Final = 50
PATIENCE: Final = 60.0
SIGN_IN: Final = """mutation ($login: String!, $password: String!) {
    signIn(login: $login, password: $password) { token errors { code } } }"""


async def _flood(url: str, seconds: float) -> Counter[str]:
    """Sends at its moments, whatever comes back, and waits for the last answers."""
    host, port = url.removeprefix("http://").split(":")
    told: Counter[str] = Counter()

    async def guess(number: int) -> None:
        body = json.dumps(
            {"query": SIGN_IN, "variables": {"login": f"can-bo.{number}", "password": secrets.token_hex(8)}}
        ).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection(
                host, int(port), local_addr=(f"127.0.0.{2 + number % SOURCES}", 0)
            )
            writer.write(head.encode() + body)
            said = await asyncio.wait_for(reader.read(), PATIENCE)
            writer.close()
        except (OSError, TimeoutError) as error:
            told[type(error).__name__] += 1
        else:
            told[_code(said)] += 1

    began = time.perf_counter()
    sent = []
    for number in range(int(seconds * FAILURES)):
        await asyncio.sleep(max(0.0, began + number / FAILURES - time.perf_counter()))
        sent.append(asyncio.create_task(guess(number)))
    await asyncio.gather(*sent)
    return told


def _code(said: bytes) -> str:
    """An attempt is refused by the mutation, or with all that comes from its source before that."""
    told: Any = json.loads(said.partition(b"\r\n\r\n")[2])
    [error] = told["errors"] if "errors" in told else told["data"]["signIn"]["errors"]
    return str(error["code"] if "code" in error else error["extensions"]["code"])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_flood(sys.argv[1], float(sys.argv[2])))))
