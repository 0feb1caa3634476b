"""What a command asks of the person in whose name it acts."""

from __future__ import annotations

import click


def password_of(login: str) -> str:
    """The password that the person types, unseen; from standard input where there is no terminal."""
    password: str = click.prompt(f"Mật khẩu của {login}", hide_input=True, err=True)
    return password
