"""Through a real identity provider: whoever has an account comes in once, by his own browser, and nobody else does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import re
import ssl
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from httpx2 import Response
from passlib.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.testclient import TestClient

from dean06_auth import accounts, grants, people, provider_people, roles
from dean06_auth.accounts import Account, AccountCredential, AccountState
from dean06_auth.attempts import Door
from dean06_auth.people import PersonKey
from dean06_auth.provider_sign_ins import ProviderFlow
from dean06_auth.secret_boxes import SecretBox
from dean06_core.access import ALL
from dean06_core.audit import AuditEvent
from dean06_core.database import Address
from dean06_server import app, oidc
from dean06_server.installation import Installation
from dean06_server.oidc import Provider
from dean06_server.provider_routes import ProviderDoor
from dean06_server.provider_settings import ProviderSettings
from tests.server import provider_processes
from tests.server.conftest import NOON, Hands
from tests.server.hiring import PASSWORD
from tests.server.provider_processes import KEY, Lies, consent, describe, keyed, signed, unsigned

ORIGIN = "https://dean06.test"
FRONTEND, OTHER_FRONTEND = "https://so-lieu.test/vao", "https://so-lieu.test/vao?don-vi=1"
SECRET = "mot-bi-mat-cua-may-khach-0123456789abcdef"
NUMBER, STRANGER, COLLEAGUE = "042198001234", "042198009999", "042198005678"
COOKIE = "__Host-dean06-sign-in"
COMPLETE = """mutation ($code: String!, $second: String) { completeSignIn(code: $code, secondFactor: $second) {
  token secondFactorRequired nextSteps errors { code } } }"""
SIGN_IN = 'mutation { signIn(login: "clerk", password: "%s") { token nextSteps errors { code } } }'
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)

Do = Callable[[Callable[[AsyncSession], Awaitable[Any]]], Any]
Opened = Callable[..., TestClient]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with provider_processes.provider(tmp_path_factory.mktemp("provider"), NOON) as issuer:
        yield issuer


@pytest.fixture
def liar(issuer: str) -> Iterator[tuple[str, Lies]]:
    with provider_processes.lying(issuer) as lying:
        yield lying


@pytest.fixture
def lies(liar: tuple[str, Lies]) -> Lies:
    return liar[1]


@pytest.fixture
def settings(issuer: str) -> ProviderSettings:
    return ProviderSettings(ORIGIN, issuer, "dean06", Path("secret"), (FRONTEND, OTHER_FRONTEND))


@pytest.fixture
def lied_to(settings: ProviderSettings, liar: tuple[str, Lies]) -> ProviderSettings:
    return replace(settings, issuer=liar[0])


@pytest.fixture
def do(installation: Installation, address: Address) -> Do:
    """Do something in the database as a service."""

    def done(work: Callable[[AsyncSession], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            database = installation.database(address)
            async with database.service() as session:
                found = await work(session)
            await database.close()
            return found

        return asyncio.run(run())

    return done


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    """Read once: the authorities of a whole system take longer than the rest of a test."""
    return httpx2.create_ssl_context()


@pytest.fixture
def serve(
    installation: Installation,
    address: Address,
    hands: Hands,
    do: Do,
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Opened]:
    """A server at which ``clerk`` is the citizen with NUMBER, and a browser that knows nothing yet."""
    key = PersonKey(b"k" * people.SHORTEST_KEY)
    do(lambda session: provider_people.identify(session, login="clerk", number=NUMBER, key=key))
    monkeypatch.setattr(httpx2, "create_ssl_context", lambda: tls)
    opened: list[TestClient] = []

    def serve(settings: ProviderSettings) -> TestClient:
        site = app.create(
            installation,
            address,
            now=hands,
            door=Door(box=SecretBox((b"k" * 32,))),
            provider=ProviderDoor(settings, Provider(settings, SECRET), key),
            origin=settings.origin,
        )
        opened.append(TestClient(site, ORIGIN, raise_server_exceptions=False, follow_redirects=False))
        return opened[-1].__enter__()

    yield serve
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture
def browser(serve: Opened, settings: ProviderSettings) -> TestClient:
    return serve(settings)


def departed(browser: TestClient, **asked: str) -> str:
    """Where the server sends somebody who wants to sign in."""
    answered = browser.get("/sign-in/provider", params=asked)
    assert answered.status_code == 302, answered.text
    location: str = answered.headers["location"]
    return location


def returned(browser: TestClient, subject: str = NUMBER, **asked: str) -> Response:
    """What is answered to somebody who has been at the provider."""
    return browser.get(consent(departed(browser, **asked), subject))


def code_of(answered: Response) -> str:
    assert answered.status_code == 303, answered.text
    [code] = parse_qs(urlsplit(answered.headers["location"]).fragment)["code"]
    return code


def completed(browser: TestClient, code: str, second: str | None = None) -> dict[str, Any]:
    body = {"query": COMPLETE, "variables": {"code": code, "second": second}}
    told: dict[str, Any] = browser.post("/graphql", json=body).json()["data"]["completeSignIn"]
    return told


def login_of(browser: TestClient, token: str) -> str | None:
    headers = {"Authorization": f"Bearer {token}"}
    told = browser.post("/graphql", json={"query": "{ me { login } }"}, headers=headers).json()
    return None if told.get("data") is None else told["data"]["me"]["login"]


def refused(answered: Response, status: int, title: str) -> bool:
    return (answered.status_code, f"<h1>{title}</h1>" in answered.text) == (status, True)


BROKEN_OFF = 400, "Lượt đăng nhập không hoàn tất"
UNTRUSTED = 502, "Không xác minh được"
UNAVAILABLE = 503, "Chưa đăng nhập được lúc này"


def test_whoever_has_an_account_comes_in_and_his_session_is_one_like_any_other(browser: TestClient) -> None:
    answered = returned(browser)
    assert answered.headers["location"].startswith(f"{FRONTEND}#code=")
    first = completed(browser, code_of(answered))
    assert (first["nextSteps"], first["errors"], login_of(browser, first["token"])) == ([], [], "clerk")
    second = completed(browser, code_of(returned(browser)))
    assert [login_of(browser, each["token"]) for each in (first, second)] == [None, "clerk"]


def test_what_is_sent_to_the_provider_comes_from_the_settings_and_its_proof_is_kept_back(
    serve: Opened, lied_to: ProviderSettings, lies: Lies
) -> None:
    browser = serve(lied_to)
    browser.get("/sign-in/provider", headers={"Host": "elsewhere.example"})
    departure = browser.get("/sign-in/provider", headers={"X-Forwarded-Host": "elsewhere.example"}).headers["location"]
    asked = {name: values[0] for name, values in parse_qs(urlsplit(departure).query).items()}
    assert asked["redirect_uri"] == f"{ORIGIN}/sign-in/provider/callback"
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert min(len(asked["state"]), len(asked["nonce"])) >= 20
    assert browser.get(consent(departure, NUMBER)).status_code == 303
    [(_, body, authorization)] = [each for each in lies.asked if each[0] == "/oauth2/token"]
    sent = parse_qs(body.decode())
    challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"][0].encode()).digest()).rstrip(b"=")
    assert challenge.decode() == asked["code_challenge"]
    assert base64.b64decode(authorization.removeprefix("Basic ")).decode() == f"dean06:{SECRET}"


def test_a_browser_keeps_an_id_for_ten_minutes_and_the_database_nothing_that_can_be_read(
    browser: TestClient, do: Do
) -> None:
    answered = browser.get("/sign-in/provider")
    cookie = answered.headers["set-cookie"]
    name, _, attributes = cookie.partition("; ")
    assert name.startswith(f"{COOKIE}=")
    assert {each.lower() for each in attributes.split("; ")} == {
        *("httponly", "max-age=600", "path=/", "samesite=lax", "secure")
    }
    row = do(lambda session: session.scalar(sa.select(ProviderFlow)))
    state = parse_qs(urlsplit(answered.headers["location"]).query)["state"][0]
    id_ = browser.cookies[COOKIE]
    assert id_.encode() not in row.sealed + row.digest
    assert state.encode() not in row.sealed
    ended = browser.get(consent(answered.headers["location"], NUMBER))
    assert f'{COOKIE}=""; ' in ended.headers["set-cookie"]
    assert "Max-Age=0" in ended.headers["set-cookie"]
    assert do(lambda session: session.scalar(sa.select(sa.func.count()).select_from(ProviderFlow))) == 0


MADE_FOR_SOMETHING_ELSE: dict[str, dict[str, Any]] = {
    "the nonce of another sign-in": {"nonce": "of-another-sign-in"},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "another-client"},
    "for another client, given to us": {"aud": "another-client", "azp": "dean06"},
    "for nobody": {"aud": None},
    "given to another client": {"aud": ["dean06", "another-client"], "azp": "another-client"},
    "for several, given to nobody": {"aud": ["dean06", "another-client"]},
    "of another issuer": {"iss": "https://elsewhere.example"},
    "of no issuer": {"iss": None},
    "expired": {"exp": 1_600_000_000},
    "never expiring": {"exp": None},
    "of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "of nobody": {"sub": None},
    "of a number that is no text": {"sub": 42198001234},
}
NOT_THE_PROVIDERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "not signed": unsigned,
    "HS256 with the client's secret": lambda claims: keyed(claims, SECRET.encode()),
    "HS256 with the public key": lambda claims: keyed(claims, KEY.as_pem(private=False)),
    "another signature": lambda claims: signed(claims)[:-6] + "AAAAAA",
    "no token": lambda _: "không phải JWT",
}
"""Although the provider says of itself that it signs with HS256 and with nothing at all."""


def test_an_identity_token_that_was_made_for_something_else_proves_nothing(
    serve: Opened, lied_to: ProviderSettings, lies: Lies
) -> None:
    browser, taken = serve(lied_to), []
    for name, changed in MADE_FOR_SOMETHING_ELSE.items():
        lies.token = partial(signed, **changed)
        if not refused(returned(browser), *UNTRUSTED):
            taken.append(name)
    assert taken == []


def test_an_identity_token_that_is_not_signed_by_the_provider_proves_nothing(
    serve: Opened, lied_to: ProviderSettings, lies: Lies
) -> None:
    browser, taken = serve(lied_to), []
    for name, made in NOT_THE_PROVIDERS.items():
        lies.token = made
        if not refused(returned(browser), *UNTRUSTED):
            taken.append(name)
    assert taken == []


def test_an_identity_token_proves_who_comes_whatever_key_of_the_providers_signed_it(
    serve: Opened, lied_to: ProviderSettings, lies: Lies
) -> None:
    browser = serve(lied_to)
    assert code_of(returned(browser))
    lies.token = signed
    assert code_of(returned(browser))
    lies.token = lambda claims: signed(claims, aud=["dean06", "another-client"], azp="dean06")
    assert code_of(returned(browser))


@pytest.mark.parametrize(
    ("passed", "holds"),
    [
        pytest.param(-31 * SECOND, False, id="issued in half a minute"),
        pytest.param(-30 * SECOND, True, id="issued by a clock that is ahead"),
        pytest.param(60 * MINUTE + 29 * SECOND, True, id="at its end, by a clock that is behind"),
        pytest.param(60 * MINUTE + 31 * SECOND, False, id="after its end"),
    ],
)
def test_an_identity_token_holds_for_its_hour_by_the_clock_of_the_server(
    browser: TestClient, hands: Hands, passed: timedelta, holds: bool
) -> None:
    hands.at += passed
    answered = returned(browser)
    assert code_of(answered) if holds else refused(answered, *UNTRUSTED)


@pytest.mark.parametrize(
    ("configuration", "departs"),
    [
        pytest.param({}, True, id="as it should be"),
        pytest.param({"id_token_signing_alg_values_supported": ["HS256", "none"]}, False, id="no algorithm of ours"),
        pytest.param({"token_endpoint": "http://127.0.0.1:9/token"}, False, id="tokens from elsewhere"),
        pytest.param({"jwks_uri": "http://127.0.0.1:9/jwks"}, False, id="keys from elsewhere"),
        pytest.param({"authorization_endpoint": "https://elsewhere.example/"}, False, id="people sent elsewhere"),
        pytest.param({"issuer": "https://elsewhere.example"}, False, id="another issuer"),
        pytest.param({"code_challenge_method": None, "scope": "", "verify": False}, True, id="options of our client"),
    ],
)
def test_a_provider_decides_nothing_about_us_by_what_it_says_of_itself(
    serve: Opened, lied_to: ProviderSettings, lies: Lies, configuration: dict[str, Any], departs: bool
) -> None:
    lies.configuration = configuration
    browser = serve(lied_to)
    answered = browser.get("/sign-in/provider")
    if departs:
        assert "code_challenge_method=S256" in answered.headers["location"]
        assert "scope=openid" in answered.headers["location"]
    else:
        assert refused(answered, *UNAVAILABLE)


def test_a_way_back_is_gone_once(browser: TestClient) -> None:
    back = consent(departed(browser), NUMBER)
    cookie = browser.cookies[COOKIE]
    assert code_of(browser.get(back))
    browser.cookies.set(COOKIE, cookie, domain="dean06.test")
    assert refused(browser.get(back), *BROKEN_OFF)


def test_a_way_back_is_gone_by_the_browser_that_left(
    serve: Opened, settings: ProviderSettings, browser: TestClient
) -> None:
    elsewhere = serve(settings)
    back = consent(departed(browser), NUMBER)
    assert refused(elsewhere.get(back), *BROKEN_OFF)
    departed(elsewhere)
    assert refused(elsewhere.get(back), *BROKEN_OFF)
    assert code_of(browser.get(back))


def test_who_comes_back_with_something_else_starts_again(browser: TestClient) -> None:
    for asked in ({"error": "access_denied"}, {"code": ""}, {"state": ""}, {"iss": "https://elsewhere.example"}):
        back = urlsplit(consent(departed(browser), NUMBER))
        given = {name: values[0] for name, values in parse_qs(back.query).items()}
        assert refused(browser.get(back.path, params={**given, **asked}), *BROKEN_OFF), asked
    assert code_of(returned(browser))


def test_the_provider_has_ten_minutes(browser: TestClient, hands: Hands) -> None:
    first = consent(departed(browser), NUMBER)
    hands.at += 10 * MINUTE - SECOND
    assert code_of(browser.get(first))
    second = consent(departed(browser), NUMBER)
    hands.at += 10 * MINUTE
    assert refused(browser.get(second), *BROKEN_OFF)


def test_unknown_suspended_and_closed_are_one_page_and_nobody_becomes_known(
    browser: TestClient, do: Do, caplog: pytest.LogCaptureFixture
) -> None:
    async def count(session: AsyncSession) -> int | None:
        return await session.scalar(sa.select(sa.func.count()).select_from(Account))

    async def put(session: AsyncSession, state: AccountState) -> None:
        await session.execute(sa.update(Account).where(Account.login == "clerk").values(state=state))

    before = do(count)
    pages = [returned(browser, STRANGER), returned(browser, "không-phải-số")]
    for state in (AccountState.SUSPENDED, AccountState.CLOSED):
        do(partial(put, state=state))
        pages.append(returned(browser))
    assert {(page.status_code, page.content, _lasting(page)) for page in pages} == {
        (403, pages[0].content, _lasting(pages[0]))
    }
    assert refused(pages[0], 403, "Không đăng nhập được")
    assert do(count) == before
    assert "was let in nowhere: SUSPENDED" in caplog.text
    outcomes = do(lambda session: session.scalars(sa.select(AuditEvent.body).order_by(AuditEvent.id)))
    assert [each for each in outcomes if "because" in each] == [
        f'{{"because":"{reason}"}}' for reason in ("UNKNOWN", "UNKNOWN", "SUSPENDED", "UNKNOWN")
    ]
    do(partial(put, state=AccountState.ACTIVE))
    assert code_of(returned(browser))


def _lasting(page: Response) -> str:
    """Its headers, but the moment at which the cookie ends."""
    return str(sorted((name, re.sub(r"expires=[^;]+", "", value)) for name, value in page.headers.items()))


def test_the_number_may_stand_in_another_claim(serve: Opened, settings: ProviderSettings, issuer: str) -> None:
    browser = serve(replace(settings, claim="citizen_number"))
    describe(issuer, "user-17", citizen_number=NUMBER)
    assert code_of(returned(browser, "user-17"))
    assert refused(returned(browser, NUMBER), *UNTRUSTED)


def test_the_way_leads_to_no_address_that_is_not_configured(browser: TestClient) -> None:
    for frontend in (
        "https://evil.example/",
        f"{FRONTEND}/",
        f"{FRONTEND}@evil.example",
        FRONTEND.upper(),
        "//evil.example/vao",
        f"{FRONTEND}#x",
        "javascript:alert(1)",
        "",
    ):
        answered = browser.get("/sign-in/provider", params={"frontend": frontend})
        assert refused(answered, 400, "Địa chỉ quay về không được phép"), frontend
        assert "evil" not in answered.text
        assert "set-cookie" not in answered.headers


def test_a_frontend_gets_its_own_state_back_and_no_other_text(browser: TestClient) -> None:
    answered = returned(browser, frontend=OTHER_FRONTEND, state="ab_C-1")
    assert answered.headers["location"] == f"{OTHER_FRONTEND}#code={code_of(answered)}&state=ab_C-1"
    for state in ("x" * 129, "a b", "&code=x", "\r\nSet-Cookie: x"):
        asked = {"frontend": FRONTEND, "state": state}
        assert browser.get("/sign-in/provider", params=asked).status_code == 400


def test_a_code_is_handed_over_once_and_for_a_minute(browser: TestClient, hands: Hands) -> None:
    code = code_of(returned(browser))
    hands.at += MINUTE - SECOND
    assert completed(browser, code)["token"]
    assert completed(browser, code)["errors"] == [{"code": "HANDOVER_UNKNOWN"}]
    late = code_of(returned(browser))
    hands.at += MINUTE
    assert completed(browser, late)["errors"] == [{"code": "HANDOVER_UNKNOWN"}]
    assert completed(browser, "không phải mã")["errors"] == [{"code": "HANDOVER_UNKNOWN"}]


def test_of_eight_with_one_code_exactly_one_comes_in(browser: TestClient) -> None:
    code = code_of(returned(browser))
    with ThreadPoolExecutor(8) as racing:
        told = list(racing.map(lambda _: completed(browser, code), range(8)))
    assert [each["token"] is not None for each in told].count(True) == 1
    assert {error["code"] for each in told for error in each["errors"]} == {"HANDOVER_UNKNOWN"}


def test_a_code_is_worth_nothing_once_the_account_is_suspended(browser: TestClient, do: Do) -> None:
    code = code_of(returned(browser))
    do(lambda session: session.execute(sa.update(Account).values(state=AccountState.SUSPENDED)))
    told = completed(browser, code)
    assert (told["token"], [error["code"] for error in told["errors"]]) == (None, ["ACCOUNT_SUSPENDED"])


def test_a_password_that_is_to_be_changed_keeps_nobody_from_coming_in_without_it(browser: TestClient, do: Do) -> None:
    do(lambda session: session.execute(sa.update(AccountCredential).values(change_required=True)))
    told = completed(browser, code_of(returned(browser)))
    assert (told["nextSteps"], login_of(browser, told["token"])) == ([], "clerk")
    by_password = browser.post("/graphql", json={"query": SIGN_IN % PASSWORD}).json()["data"]["signIn"]
    assert by_password["nextSteps"] == ["CHANGE_PASSWORD"]


async def _administrator(session: AsyncSession) -> None:
    clerk = await accounts.find(session, login="clerk")
    assert clerk is not None
    person = await people.known(session, number=COLLEAGUE, key=PersonKey(b"k" * people.SHORTEST_KEY))
    account = Account(
        login="admin",
        person_id=person.id,
        name="Lê Thị Cúc",
        unit_key=clerk.unit_key,
        state=AccountState.ACTIVE,
        created_at=clerk.created_at,
    )
    session.add(account)
    await session.flush()
    stored = await session.get_one(AccountCredential, clerk.id)
    session.add(
        AccountCredential(
            account_id=account.id, password_hash=stored.password_hash, password_set_at=stored.password_set_at
        )
    )
    on = clerk.created_at.date()
    await grants.give(
        session,
        account=account,
        role=roles.ADMINISTRATOR.name,
        sectors=ALL,
        units=ALL,
        data_classes=roles.ADMINISTRATOR.data_classes,
        starts=on,
        ends=on + timedelta(days=300),
        basis="Thử",
    )


@pytest.mark.parametrize(
    ("claims", "steps"),
    [
        pytest.param({}, ["ENROL_SECOND_FACTOR"], id="the provider says nothing"),
        pytest.param({"acr": "1", "amr": ["pwd"]}, ["ENROL_SECOND_FACTOR"], id="it has seen one factor"),
        pytest.param({"acr": "3"}, [], id="by acr"),
        pytest.param({"amr": ["pwd", "mfa"]}, [], id="by amr"),
    ],
)
def test_a_role_that_needs_a_second_factor_needs_it_unless_the_provider_has_seen_it(
    serve: Opened, settings: ProviderSettings, issuer: str, do: Do, claims: dict[str, Any], steps: list[str]
) -> None:
    do(_administrator)
    browser = serve(replace(settings, second_factors=frozenset({"3", "mfa"})))
    describe(issuer, COLLEAGUE, **claims)
    assert completed(browser, code_of(returned(browser, COLLEAGUE)))["nextSteps"] == steps


def test_whoever_has_a_device_shows_its_code_and_a_wrong_one_ends_the_attempt(
    browser: TestClient, do: Do, hands: Hands, issuer: str
) -> None:
    do(_administrator)
    describe(issuer, COLLEAGUE)
    token = completed(browser, code_of(returned(browser, COLLEAGUE)))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    enrol = f'mutation {{ enrolSecondFactor(current: "{PASSWORD}") {{ uri }} }}'
    told = browser.post("/graphql", json={"query": enrol}, headers=headers).json()
    device = TOTP.from_uri(told["data"]["enrolSecondFactor"]["uri"])
    confirm = f'mutation {{ confirmSecondFactor(code: "{device.generate(hands.at).token}") {{ recoveryCodes }} }}'
    browser.post("/graphql", json={"query": confirm}, headers=headers)
    hands.at += MINUTE
    code = code_of(returned(browser, COLLEAGUE))
    asked = completed(browser, code)
    assert (asked["secondFactorRequired"], asked["token"]) == (True, None)
    shown = completed(browser, code, device.generate(hands.at).token)
    assert (shown["nextSteps"], login_of(browser, shown["token"])) == ([], "admin")
    hands.at += MINUTE
    code = code_of(returned(browser, COLLEAGUE))
    right = device.generate(hands.at).token
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert completed(browser, code, wrong)["errors"] == [{"code": "SIGN_IN_FAILED"}]
    assert completed(browser, code, right)["errors"] == [{"code": "HANDOVER_UNKNOWN"}]


def test_while_the_provider_is_down_nothing_is_half_done_and_passwords_let_in(
    serve: Opened, lied_to: ProviderSettings, lies: Lies, do: Do
) -> None:
    browser = serve(lied_to)
    lies.is_down = True
    start = browser.get("/sign-in/provider")
    assert refused(start, *UNAVAILABLE)
    assert start.headers["retry-after"] == "60"
    assert do(lambda session: session.scalar(sa.select(sa.func.count()).select_from(ProviderFlow))) == 0
    lies.is_down = False
    back = consent(departed(browser), NUMBER)
    lies.is_down = True
    assert refused(browser.get(back), *UNAVAILABLE)
    assert browser.post("/graphql", json={"query": SIGN_IN % PASSWORD}).json()["data"]["signIn"]["token"]
    lies.is_down = False
    assert code_of(returned(browser))


def test_a_provider_that_does_not_answer_is_not_waited_for(
    serve: Opened, lied_to: ProviderSettings, lies: Lies, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert oidc.TIMEOUT == 5
    monkeypatch.setattr(oidc, "TIMEOUT", 0.2)
    browser = serve(lied_to)
    lies.delay = 0.5
    assert refused(browser.get("/sign-in/provider"), *UNAVAILABLE)
    lies.delay = 0
    assert departed(browser)


def test_no_secret_of_the_way_stands_in_any_log(
    serve: Opened, lied_to: ProviderSettings, lies: Lies, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = serve(lied_to)
    given: list[str] = []

    def noted(claims: dict[str, Any]) -> str:
        given.append(signed(claims))
        return given[-1]

    lies.token = noted
    departure = departed(browser)
    back = consent(departure, NUMBER)
    cookie = browser.cookies[COOKIE]
    handover = code_of(browser.get(back))
    token = completed(browser, handover)["token"]
    returned(browser, STRANGER)
    browser.get(back)
    [body, *_] = [body for path, body, _ in lies.asked if path == "/oauth2/token"]
    sent = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    asked = {name: values[0] for name, values in parse_qs(urlsplit(departure).query).items()}
    secrets = [NUMBER, STRANGER, SECRET, cookie, handover, token, *given]
    secrets += [sent["code"], sent["code_verifier"], asked["state"], asked["nonce"]]
    assert all(len(each) >= 12 for each in secrets)
    ours = [record for record in caplog.records if not _is_the_browsers(record)]
    assert {"httpx2", "dean06_server.provider_routes"} <= {record.name for record in ours}
    written = "\n".join(f"{record.getMessage()} {record.args} {record.exc_text}" for record in ours)
    assert [secret for secret in secrets if secret in written] == []


def _is_the_browsers(record: logging.LogRecord) -> bool:
    """What the test's own browser writes of the addresses that it was sent to."""
    return record.name == "httpx2" and ORIGIN in record.getMessage()


def test_without_a_provider_there_is_no_such_way(client: TestClient, browser: TestClient) -> None:
    for path in ("/sign-in/provider", "/sign-in/provider/callback"):
        assert client.get(path).status_code == 404
        assert browser.get(path).status_code != 404


def test_the_pages_run_nothing_and_are_kept_nowhere(browser: TestClient) -> None:
    page = browser.get("/sign-in/provider/callback")
    policy = page.headers["content-security-policy"]
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.endswith(f"style-src 'sha256-{digest}'")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert departed(browser)
