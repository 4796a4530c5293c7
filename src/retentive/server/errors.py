"""Errors as answers: a status, and a body in the form of OpenAI's."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from retentive.errors import (
    ConflictError,
    InvalidInputError,
    RecordNotFoundError,
    RetentiveError,
    StoreConnectionError,
)
from retentive.server.callers import UnresolvedError

__all__ = ["answer_to", "refusal"]

_STATUSES: tuple[tuple[type[RetentiveError], int], ...] = (
    (UnresolvedError, 401),
    (InvalidInputError, 400),
    (RecordNotFoundError, 404),
    (ConflictError, 409),
    (StoreConnectionError, 503),
)


def refusal(status: int, message: str, *, code: str | None = None) -> Response:
    """Return an error as OpenAI-compatible clients read it."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    return JSONResponse({"error": error}, status_code=status)


async def answer_to(request: Request, error: Exception) -> Response:
    """Return the answer to an error of ours."""
    del request
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return refusal(status, str(error), code=type(error).__name__)
    return refusal(500, str(error), code=type(error).__name__)
