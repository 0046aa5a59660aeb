"""Is this file a workbook that may be opened? Checked on the ZIP's directory, before anything is unpacked.

Sizes in that directory may lie, but Python's `zipfile` never gives more than they say: they bound the work.
"""

from __future__ import annotations

import io
import zipfile

from shared.errors import InvalidRequest, TooLarge
from shared.forms.spreadsheet.limits import Limits

_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = 0x1
_SAVE_AS_XLSX = "请用表格软件打开后另存为 .xlsx（不加密、不含宏）再提交"


def refuse(message: str) -> InvalidRequest:
    """One cure for the whole file."""
    return InvalidRequest.of(("file", message))


def looks_like_workbook(data: bytes) -> bool:
    """True for a ZIP. Old binary and password-protected workbooks are refused by name."""
    if data.startswith(_OLE_MAGIC):
        raise refuse(f"这是旧版 .xls 或加密的工作簿，{_SAVE_AS_XLSX}")
    return data.startswith(b"PK")


def open_checked(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The workbook's ZIP, within the limits. Raises InvalidRequest or TooLarge with the cure."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse(f"文件已损坏或不是 .xlsx，{_SAVE_AS_XLSX}") from error
    members = archive.infolist()
    _check_size(members, len(data), limits)
    _check_content(members)
    return archive


def _check_size(members: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = sum(member.file_size for member in members)
    if (
        len(members) > limits.members_max
        or unpacked > limits.unpacked_bytes_max
        or unpacked > packed * limits.unpacked_ratio_max
    ):
        raise TooLarge(
            "文件展开后过大，已拒绝打开：请只保留需要提交的工作表，删去图片和多余格式后重新提交",
            unpacked_bytes_max=limits.unpacked_bytes_max,
            members_max=limits.members_max,
        )


def _check_content(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & _ENCRYPTED for member in members):
        raise refuse(f"工作簿已加密，{_SAVE_AS_XLSX}")
    names = {member.filename for member in members}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse(f"工作簿含宏，{_SAVE_AS_XLSX}")
    if len(names) != len(members) or "xl/workbook.xml" not in names:
        raise refuse(f"这不是 .xlsx 工作簿，{_SAVE_AS_XLSX}")
