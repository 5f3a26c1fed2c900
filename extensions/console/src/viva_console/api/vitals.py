"""Decides what the console tells machines about itself: whether it is well, and what it counts."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from viva_console.api.web import loopback_only, public_door, web_of
from viva_console.domain.errors import UnavailableError
from viva_console.domain.words import State

router = APIRouter()


class Tally:
    """What is counted of requests: by route's pattern, never by path or person."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "viva_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "viva_http_request_seconds",
            "Time to the end of the answer.",
            ("route",),
            registry=self.registry,
        )

    def add(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one answer."""
        known = method if method in {"GET", "HEAD", "POST"} else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(took_s)


@router.get("/health", dependencies=[Depends(public_door)])
def health(request: Request) -> JSONResponse:
    """Say whether the console can reach its store."""
    try:
        with web_of(request).console.store.unit() as work:
            work.interviews.in_states(State.STARTING)
    except UnavailableError:
        return JSONResponse({"status": "no store"}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Give Prometheus its numbers, on this machine only."""
    loopback_only(request)
    return Response(
        generate_latest(request.app.state.tally.registry), media_type=CONTENT_TYPE_LATEST
    )
