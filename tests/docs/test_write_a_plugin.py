"""A stranger who follows the page has a plugin that works, and an installation that a bad one does not take down."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

pytestmark = pytest.mark.tutorial

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/write-a-plugin.md").read_text(encoding="utf-8")
UV = Path(sys.executable).with_name("uv")
SHIPPED = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
SERVED = ("core", "auth", "schema", "server", *SHIPPED)
PATIENCE = 50

INSTALLER = """#!/bin/sh
command=$1; shift
[ "$command" = install ] && set -- --no-deps --no-build-isolation "$@"
[ "$command" = uninstall ] && shift
exec "{uv}" pip "$command" --quiet --python "{python}" "$@"
"""
WHAT_IS_OURS = """
import importlib.util, json, pkgutil
names = [module.name for module in pkgutil.iter_modules() if module.name.startswith("dean06")]
print(json.dumps({name: importlib.util.find_spec(name).origin for name in names}))
"""
COPY = """
from dean06_core import Sector, hookimpl

@hookimpl
def declare_sector():
    return Sector(code="land", title="Đất đai")
"""
CARELESS = (
    ("indicators.py", 'numerator="Thửa đất đã làm sạch dữ liệu"', 'numerator="Parcels"'),
    ("resolvers.py", "Parcel.is_clean.is_(True)", "Parcel.owner_matched.is_(True)"),
    ("by_hand.py", "    OWNERS_MATCHED.code: _counted(", '    "land.owners": _counted('),
    ("parcels.py", ", check=_check)", ")"),
    ("query.py", 'description="Số thửa đất đã rà soát"', 'description="Parcels"'),
    ("query.py", "-> Connection[LandParcel]:", "-> list[LandParcel]:"),
    ("query.py", "return await _RECORDS.page(", "return await _everything("),
    ("migrations/versions/land_0001_parcels.py", 'op.drop_table("land_parcel")', "pass"),
)
EVERYTHING = """

async def _everything(context: Context, show: object, **_: object) -> list[LandParcel]:
    async with context.reading() as session:
        return [LandParcel.of(parcel) for parcel in await session.scalars(sa.select(Parcel))]
"""
TOLD = (
    "Indicator 'land.parcel_cleaned_rate' has no numerator that an official could read. Write it in Vietnamese.",
    "The resolver of 'land.parcel_cleaned_rate' measures ",
    " where counting by hand gives ",
    "'land.owner_matched_rate' has a resolver and no count by hand. Add it to BY_HAND of 'dean06_land.by_hand'.",
    "'land.owners' is counted by hand and has no resolver. "
    "Declare one, or take it out of BY_HAND of 'dean06_land.by_hand'.",
    "'land.parcels' lets a row through that its table refuses: CHECK constraint failed: "
    "ck_land_parcel_reviewed_since_counting_began. Refuse it in check=.",
    "Field 'LandParcelCount.reviewed' has no description that an official could read. "
    "Write description=... in Vietnamese.",
    "Field 'LandQuery.parcels' answers a list of 250 for one unit. Give it First and After, "
    "and let it return a Connection.",
    "Table 'land_parcel' is left after downgrade(). Drop it there.",
)
FIGURES = """{
  observations(units: {codes: ["18823"]}, periods: ["2025-07"], indicators: ["land.parcel_cleaned_rate"]) { display }
}"""


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: its language, what stands behind that, and its lines."""

    language: str
    title: str
    text: str


def blocks(text: str) -> list[Block]:
    return [Block(*found) for found in re.findall(r"^```(\w+) ?(.*)\n((?:.*\n)*?)```$", text, re.MULTILINE)]


def section(heading: str) -> list[Block]:
    [text] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return blocks(text)


def commands(heading: str) -> list[str]:
    return [command for block in section(heading) for command in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE)]


def only(language: str, title: str = "") -> Block:
    [block] = [block for block in blocks(PAGE) if (block.language, block.title) == (language, title)]
    return block


@dataclass(frozen=True)
class Room:
    """A virtual environment outside the checkout, and a folder to work in."""

    folder: Path

    @property
    def bin(self) -> Path:
        return self.folder / "venv/bin"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'dean06.db'}"

    def environment(self, **more: str) -> Mapping[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        path = os.pathsep.join([str(self.bin), os.defpath])
        uv = {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(self.folder.parent / "uv")}
        return {**kept, **uv, "PATH": path, "DEAN06_DATABASE_URL": self.database_url, "PYTHONUTF8": "1", **more}

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  commands of the page and our own
            command,
            cwd=self.folder,
            env=self.environment(),
            timeout=PATIENCE,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def follow(self, block: Block, *, status: int = 0) -> None:
        """Run the commands of a console block; each ends with the status, and says what the page says it does."""
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
            done = self.run(*shlex.split(command))
            assert done.returncode == status, f"{command}\n{done.stdout}"
            if expected:
                assert re.fullmatch(pattern(expected), done.stdout), f"{command}\n{done.stdout}"

    def follow_all(self, followed: Sequence[Block]) -> None:
        for block in followed:
            if block.language == "console":
                self.follow(block)
            elif block.title:
                self.write(block.title, block.text)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def ours(self) -> set[str]:
        """The distributions of ours that can be imported here, each out of this environment and nowhere else."""
        told = self.run(self.bin / "python", "-I", "-c", WHAT_IS_OURS)
        found: dict[str, str] = json.loads(told.stdout)
        assert [path for path in found.values() if not Path(path).is_relative_to(self.folder / "venv")] == []
        return {name.removeprefix("dean06_") for name in found}

    @contextmanager
    def served(self) -> Iterator[httpx2.Client]:
        """The installation on a free port of this machine, until the block ends."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        serving = subprocess.Popen(  # noqa: S603  our own command
            [self.bin / "dean06", "serve"],
            cwd=self.folder,
            env=self.environment(DEAN06_PORT=str(port)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=PATIENCE) as client:
                wait_for(client, serving)
                yield client
        finally:
            serving.terminate()
            try:
                serving.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                serving.kill()


def pattern(expected: str) -> str:
    """The page's lines as they are, with any number of others where it writes '...'."""
    return "".join(r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in expected.splitlines())


def ask(client: httpx2.Client, token: str, query: str) -> dict[str, Any]:
    answered: dict[str, Any] = client.post(
        "/graphql", json={"query": query}, headers={"Authorization": f"Bearer {token}"}
    ).json()
    return answered


def wait_for(client: httpx2.Client, serving: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert serving.poll() is None, "The server did not start."
        try:
            client.get("/livez")
        except httpx2.ConnectError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("The server did not answer.")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our wheels, and with links to what others wrote and this environment has installed."""
    house = tmp_path_factory.mktemp("house")
    subprocess.run(  # noqa: S603  our own builder
        [
            *(UV, "build", "--quiet", "--all-packages", "--wheel", "--no-build-isolation"),
            *("--python", sys.executable, "--out-dir", house / "wheels"),
        ],
        cwd=ROOT,
        env={**os.environ, "UV_OFFLINE": "1", "UV_CACHE_DIR": str(house / "uv")},
        check=True,
        timeout=PATIENCE,
    )
    (house / "others").mkdir()
    for installed in {Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")}:
        for path in installed.iterdir():
            if "dean06" not in path.name and path.suffix != ".pth":
                (house / "others" / path.name).symlink_to(path)
    return house


def room(house: Path, name: str, *packages: str) -> Room:
    """An empty environment with the wheels of these packages of ours, and the plugin's files as the page has them."""
    made = Room(house / name)
    made.folder.mkdir()
    subprocess.run(  # noqa: S603  our own tool
        [UV, "venv", "--quiet", "--offline", "--no-project", "--python", sys.executable, made.folder / "venv"],
        check=True,
        timeout=PATIENCE,
    )
    python = made.bin / "python"
    [packages_folder] = (made.folder / "venv/lib").glob("python*/site-packages")
    (packages_folder / "others.pth").write_text(f"{house / 'others'}\n")
    for name, script in (
        ("pip", INSTALLER.format(uv=UV, python=python)),
        ("pytest", f'#!/bin/sh\nexec "{python}" -m pytest -p no:cacheprovider "$@"\n'),
    ):
        (made.bin / name).write_text(script)
        (made.bin / name).chmod(0o755)
    wheels = [next((house / "wheels").glob(f"dean06_{package}-*.whl")) for package in packages]
    installed = made.run(made.bin / "pip", "install", *wheels)
    assert installed.returncode == 0, installed.stdout
    made.follow_all(section("The package"))
    for block in blocks(PAGE):
        if block.title.startswith("dean06-land/"):
            made.write(block.title, block.text)
    return made


@pytest.fixture(scope="module")
def demonstration(house: Path) -> Room:
    """The server with the sectors that ship and a demo database, before the plugin comes."""
    made = room(house, "demonstration", *SERVED)
    done = made.run("dean06", "demo", "--no-questions")
    assert done.returncode == 0, done.stdout
    return made


@pytest.fixture(scope="module")
def token(demonstration: Room) -> str:
    """What speaks for the secretariat in the demonstration."""
    return demonstration.run("dean06", "account", "token", "secretariat").stdout.split()[-1]


@pytest.fixture
def installation(demonstration: Room, token: str) -> Iterator[Room]:
    """The demonstration; what a test does to its database and its plugin is undone."""
    database = demonstration.folder / "dean06.db"
    kept = database.read_bytes()
    yield demonstration
    demonstration.run("pip", "uninstall", "--yes", "dean06-land")
    for left in demonstration.folder.glob("dean06.db*"):
        left.unlink()
    database.write_bytes(kept)


def test_the_pages_code_is_written_as_ours(tmp_path: Path) -> None:
    here = Room(tmp_path)
    for block in blocks(PAGE):
        if block.language == "python":
            here.write(block.title, block.text)
    ours = 'lint.isort.known-first-party=["dean06_core", "dean06_land"]'
    tests = 'lint.per-file-ignores={"**/tests/**" = ["S101"]}'
    configured: list[str | Path] = [
        "--no-cache",
        "--config",
        ROOT / "pyproject.toml",
        "--config",
        ours,
        "--config",
        tests,
    ]
    ruff = Path(sys.executable).with_name("ruff")
    for checked in (("check",), ("format", "--check")):
        done = here.run(ruff, *checked, *configured, tmp_path)
        assert done.returncode == 0, done.stdout


def test_its_own_tests_pass_where_core_and_it_alone_are_installed(house: Path) -> None:
    alone = room(house, "alone", "core")
    alone.follow_all(section("Does it keep its promises?"))
    assert alone.ours() == {"core", "land"}


def test_each_broken_promise_is_told_in_a_sentence(house: Path) -> None:
    careless = room(house, "careless", "core")
    package = careless.folder / "dean06-land/dean06_land"
    for file, before, after in CARELESS:
        sound = (package / file).read_text(encoding="utf-8")
        assert sound.count(before) == 1, before
        (package / file).write_text(sound.replace(before, after), encoding="utf-8")
    with (package / "query.py").open("a", encoding="utf-8") as query:
        query.write(EVERYTHING)
    installed, tested = (careless.run(*shlex.split(command)) for command in commands("Does it keep its promises?"))
    assert (installed.returncode, tested.returncode) == (0, 1), installed.stdout
    assert [sentence for sentence in TOLD if sentence not in tested.stdout] == [], tested.stdout


def test_it_is_installed_checked_filled_and_asked_and_its_figures_outlive_it(installation: Room, token: str) -> None:
    installation.follow_all(section("Into a running installation"))
    assert installation.ours() == {*SERVED, "land"}
    with installation.served() as client:
        assert ask(client, token, only("graphql").text) == json.loads(only("json").text)
        assert client.get("/readyz").json() == {"status": "ready", "broken": []}
    installation.follow_all(section("Uninstall it"))
    with installation.served() as client:
        assert "errors" in ask(client, token, "{ land { __typename } }")
        assert ask(client, token, FIGURES) == {"data": {"observations": [{"display": "75%"}]}}


@pytest.mark.parametrize(
    ("title", "before", "after"),
    [
        pytest.param("broken", "from __future__ import annotations", 'raise RuntimeError("no licence")', id="broken"),
        pytest.param("too new", "sdk=(1, 0)", "sdk=(99, 0)", id="too new"),
    ],
)
def test_a_plugin_that_cannot_serve_is_left_out_with_its_reason_and_the_others_serve_on(
    installation: Room, token: str, title: str, before: str, after: str
) -> None:
    module = installation.folder / "dean06-land/dean06_land/plugin.py"
    sound = module.read_text(encoding="utf-8")
    assert before in sound
    module.write_text(sound.replace(before, after), encoding="utf-8")
    try:
        installation.run("pip", "install", "./dean06-land")
    finally:
        module.write_text(sound, encoding="utf-8")
    installation.follow(only("console", title), status=1)
    with installation.served() as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()) == (
            200,
            {"status": "ready", "broken": [{"plugin": "land", "version": "0.1.0"}]},
        )
        assert ask(client, token, "{ health { __typename } }") == {"data": {"health": {"__typename": "HealthQuery"}}}


def test_two_that_declare_one_sector_stop_start_up_and_are_both_named(installation: Room) -> None:
    copy = installation.folder / "dean06-land-copy"
    installation.write("dean06-land-copy/dean06_land_copy/__init__.py", "")
    installation.write("dean06-land-copy/dean06_land_copy/plugin.py", COPY)
    project = only("toml", "dean06-land/pyproject.toml").text
    project = project.replace("dean06-land", "dean06-land-copy").replace("dean06_land", "dean06_land_copy")
    installation.write("dean06-land-copy/pyproject.toml", project.replace("\nland = ", "\nland_copy = "))
    try:
        installed = installation.run("pip", "install", "./dean06-land", "./dean06-land-copy")
        assert installed.returncode == 0, installed.stdout
        installation.follow(only("console", "duplicate"), status=1)
    finally:
        installation.run("pip", "uninstall", "--yes", "dean06-land-copy")
        shutil.rmtree(copy)
