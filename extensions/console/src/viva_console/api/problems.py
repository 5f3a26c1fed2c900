"""Decides which status and which plain words answer each mistake; nothing else gets out."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from viva_grader.domain.errors import VivaError

from viva_console.api.panel_models import Problem
from viva_console.domain.errors import (
    BadRequestError,
    ConsoleError,
    GoneError,
    NotAllowedError,
    NotNowError,
    UnavailableError,
    UnknownError,
)


class WebError(ConsoleError):
    """The console refused a request before any flow saw it."""

    code = "web.refused"
    status = 400


class LoginRequiredError(WebError):
    """Nobody is logged in."""

    code = "web.login_required"
    status = 401


class NotStaffError(WebError):
    """Somebody is logged in who is not staff."""

    code = "web.not_staff"
    status = 403


class FormExpiredError(WebError):
    """A form without the token of the session that it was made for."""

    code = "web.form_expired"
    status = 403


class LoopbackOnlyError(WebError):
    """A page that only this machine may read; elsewhere it does not exist."""

    code = "web.not_found"
    status = 404


class SlowBodyError(WebError):
    """A body that did not arrive in time."""

    code = "web.too_slow"
    status = 408


class BodyTooLargeError(WebError):
    """A body larger than any form or message of ours."""

    code = "web.too_large"
    status = 413


class WrongHostError(WebError):
    """A host name that is none of ours."""

    code = "web.wrong_host"
    status = 421


class UnderWayError(WebError):
    """The same is being done at this moment, for an earlier request."""

    code = "submit.under_way"
    status = 409


class TooManyRequestsError(WebError):
    """More requests than a person makes."""

    code = "web.too_many_requests"
    status = 429

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("Too many requests. Please wait a moment and try again.")
        self.retry_after_s = max(1, round(retry_after_s + 0.5))


_STATUS_OF_KIND: tuple[tuple[type[VivaError], int], ...] = (
    (UnknownError, 404),
    (NotAllowedError, 403),
    (NotNowError, 409),
    (GoneError, 410),
    (BadRequestError, 422),
    (UnavailableError, 503),
)
_STATUS_OF_CODE = {"link.invalid": 404, "session.invalid": 401, "session.expired": 401}
_WORDS_OF_STATUS = {
    400: ("web.bad_request", "This request could not be understood."),
    404: ("web.not_found", "There is no such page, or it is not yours to see."),
    405: ("web.method_not_allowed", "This address does not take that kind of request."),
    422: ("web.bad_request", "This request could not be understood."),
}
_FAILED = ("web.failed", "Something went wrong on our side. It was noted; please try again.")


def status_of(error: VivaError) -> int:
    """Give the HTTP status that an error deserves; 500 for one that nobody foresaw."""
    if isinstance(error, WebError):
        return error.status
    if error.code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[error.code]
    return next((status for kind, status in _STATUS_OF_KIND if isinstance(error, kind)), 500)


def problem_response(request: Request, error: Exception) -> Response:
    """Answer a mistake: JSON to programs, a page to people, never a traceback.

    Parameters
    ----------
    request : Request
        Its application holds ``state.problem_page``: of request, status, code and message.
    error : Exception
        What is not foreseen is answered with 500 and words that say nothing of its inside.
    """
    status, code, message = _words(error)
    if _wants_json(request):
        response: Response = JSONResponse(
            Problem(code=code, message=message).model_dump(), status_code=status
        )
    else:
        response = request.app.state.problem_page(request, status, code, message)
    if isinstance(error, TooManyRequestsError):
        response.headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    if status == 401 and _is_panel(request):  # noqa: PLR2004 - HTTP's number
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _words(error: Exception) -> tuple[int, str, str]:
    if isinstance(error, VivaError) and status_of(error) < 500:  # noqa: PLR2004 - HTTP's number
        return status_of(error), error.code, error.message
    if isinstance(error, UnavailableError):
        return 503, error.code, error.message
    if isinstance(error, RequestValidationError):
        return 422, *_WORDS_OF_STATUS[422]
    if isinstance(error, HTTPException) and error.status_code in _WORDS_OF_STATUS:
        return error.status_code, *_WORDS_OF_STATUS[error.status_code]
    if isinstance(error, HTTPException) and error.status_code < 500:  # noqa: PLR2004 - HTTP's number
        return error.status_code, *_WORDS_OF_STATUS[400]
    return 500, *_FAILED


def _is_panel(request: Request) -> bool:
    return "/panel/" in request.url.path


def _wants_json(request: Request) -> bool:
    accepts = request.headers.get("accept", "")
    return _is_panel(request) or ("json" in accepts and "html" not in accepts)


def add_handlers(app: FastAPI) -> None:
    """Let every foreseen mistake be answered by :func:`problem_response`."""

    async def answer(request: Request, error: Exception) -> Response:
        return problem_response(request, error)

    for kind in (VivaError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)
