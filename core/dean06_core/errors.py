"""What is refused, and why, in words an official can act on."""

from __future__ import annotations


class BadInput(ValueError):
    """Input that was refused as a whole; nothing of it was written.

    ``code`` is stable and machine-readable, ``message`` is Vietnamese and names
    the offender and the remedy, ``field`` is the path of the offending input.
    """

    def __init__(self, code: str, message: str, *, field: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def __repr__(self) -> str:
        return f"BadInput({self.code!r}, {self.message!r}, field={self.field!r})"


class WriteRefused(BadInput):
    """The database let nothing be written: outside the caller's rights, or clashing with a row, perhaps one not seen.

    Which of the two it was is not told, since that would tell of the row.
    """

    def __init__(self) -> None:
        super().__init__(
            "WRITE_REFUSED",
            "Chưa có gì được ghi: dữ liệu nằm ngoài quyền của tài khoản hoặc trùng với dữ liệu đã có. "
            "Hãy kiểm tra đơn vị, lĩnh vực rồi gửi lại.",
        )


class DatabaseBusy(BadInput):
    """Others were writing for longer than one waits; nothing was written, and the same may be sent again."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_BUSY",
            "Chưa có gì được ghi: hệ thống đang ghi dữ liệu khác, có thể là một tệp lớn. Hãy gửi lại sau ít phút.",
        )


class StartUpError(RuntimeError):
    """The installation cannot start as it is; the message says what to change."""


class UndeclaredTable(StartUpError):
    """A table does not say who may see its rows. Nothing starts beside it, not even without its plugin."""
