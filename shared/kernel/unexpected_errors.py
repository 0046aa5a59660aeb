"""What nobody expected becomes a typed error that says what to do, and a log line without anybody's data."""

from __future__ import annotations

import structlog

from shared.errors import SkillsError, Unavailable
from shared.store.database import is_disconnect

log = structlog.get_logger()


def unexpected(service: str, route: str, error: Exception) -> SkillsError:
    """The error that the caller is told. The text of a foreign error may quote personal data: it is neither told nor
    logged, only its kind and its place are."""
    if is_disconnect(error):
        log.warning("database_away", service=service, route=route, kind=type(error).__name__)
        return Unavailable("数据库暂不可用，未办理；请稍后用同一个 request_id 重新提交")
    log.error("unexpected", service=service, route=route, kind=type(error).__name__, at=_place(error))
    return Unavailable("系统内部错误，未办理；请稍后用同一个 request_id 重试，仍不成功请联系运维", route=route)


def _place(error: Exception) -> list[str]:
    """The last six frames, the innermost last: "file:line function"."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[-6:]
