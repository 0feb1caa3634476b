"""Who is calling: accounts, what was granted to them, and the passwords and tokens by which they are known."""

from dean06_auth import (
    accounts,
    callers,
    grants,
    moves,
    operator_tokens,
    provider_sign_ins,
    registers,
    reviews,
    roles,
    sessions,
    shared_use,
    sign_ins,
    tokens,
)

__all__ = [
    "accounts",
    "callers",
    "grants",
    "moves",
    "operator_tokens",
    "provider_sign_ins",
    "registers",
    "reviews",
    "roles",
    "sessions",
    "shared_use",
    "sign_ins",
    "tokens",
]
