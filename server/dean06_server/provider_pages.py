"""What a person is shown when signing in through the provider ends here: a page that says what to do, and no more."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from typing import Final

from starlette.responses import HTMLResponse

_STYLE: Final = (
    "body{margin:0;font:16px/1.6 system-ui,sans-serif;color:#1c2733;background:#eef2f6}"
    "main{max-width:34rem;margin:12vh auto 0;padding:2rem;background:#fff;border-top:4px solid #b3261e;"
    "border-radius:4px;box-shadow:0 1px 4px #0003}"
    "h1{margin:0 0 1rem;font-size:1.35rem}p{margin:0 0 1rem}a{color:#0b57a4}"
)
CSP: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """``says`` may name the provider as ``{label}``. Without ``again`` no link leads to another try."""

    status: HTTPStatus
    title: str
    says: str
    again: bool = True


REFUSED: Final = Page(
    HTTPStatus.FORBIDDEN,
    "Không đăng nhập được",
    "Tài khoản của bạn ở {label} chưa dùng được ở đây. Hãy liên hệ người quản trị tài khoản của đơn vị, "
    "hoặc đăng nhập bằng tên đăng nhập và mật khẩu.",
    again=False,
)
BROKEN_OFF: Final = Page(
    HTTPStatus.BAD_REQUEST,
    "Lượt đăng nhập không hoàn tất",
    "Lượt đăng nhập đã quá 10 phút, đã dùng, bị hủy, hoặc bắt đầu ở một trình duyệt khác. "
    "Hãy bắt đầu lại từ trình duyệt này.",
)
UNTRUSTED: Final = Page(
    HTTPStatus.BAD_GATEWAY,
    "Không xác minh được",
    "Không xác minh được câu trả lời của {label}. Hãy bắt đầu lại; nếu vẫn vậy, hãy báo người vận hành, "
    "hoặc đăng nhập bằng tên đăng nhập và mật khẩu.",
)
UNAVAILABLE: Final = Page(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Chưa đăng nhập được lúc này",
    "Chưa liên lạc được với {label}. Hãy thử lại sau ít phút, hoặc đăng nhập bằng tên đăng nhập và mật khẩu.",
)
TOO_BUSY: Final = Page(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "Đang có quá nhiều lượt đăng nhập",
    "Hãy thử lại sau vài phút, hoặc đăng nhập bằng tên đăng nhập và mật khẩu.",
)
NOT_LISTED: Final = Page(
    HTTPStatus.BAD_REQUEST,
    "Địa chỉ quay về không được phép",
    "Phần mềm đã gửi bạn tới đây với một địa chỉ quay về chưa được khai báo. Hãy mở lại phần mềm của bạn "
    "và báo người vận hành.",
    again=False,
)


def shown(page: Page, label: str) -> HTMLResponse:
    again = '<p><a href="/sign-in/provider">Bắt đầu lại</a></p>' if page.again else ""
    body = (
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(page.title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(page.title)}</h1>"
        f"<p>{escape(page.says.format(label=label))}</p>{again}</main></body></html>"
    )
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store"}
    if page.status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "60"
    return HTMLResponse(body, page.status, headers)
