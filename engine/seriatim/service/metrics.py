"""What Prometheus scrapes: counts and times, under labels whose values are known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one application, in a registry of its own.

    Labels are route templates, methods and statuses: never a path, a client's text or anything
    of a patient.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self.counter(
            "seriatim_requests", "Requests answered.", ("method", "route", "status")
        )
        self.seconds = self.histogram(
            "seriatim_request_seconds", "Time to the last byte of the answer.", ("route",)
        )
        self.in_flight = Gauge(
            "seriatim_requests_in_flight", "Requests being answered.", registry=self.registry
        )
        self.refused = self.counter(
            "seriatim_refused", "Requests that were not let in, by reason.", ("reason",)
        )
        self.look_up_seconds = self.histogram(
            "seriatim_look_up_seconds", "The engine's own share of an answer."
        )

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """A new counter; the values of its labels must come from a small fixed set."""
        return Counter(name, text, labels, registry=self.registry)

    def histogram(self, name: str, text: str, labels: Sequence[str] = ()) -> Histogram:
        """A new histogram of seconds."""
        return Histogram(name, text, labels, registry=self.registry, buckets=_SECONDS)

    def watch(self, name: str, text: str, thing: object, attribute: str) -> None:
        """A gauge that reads a number of a thing whenever it is scraped; 0 if it has none."""
        gauge = Gauge(name, text, registry=self.registry)
        gauge.set_function(lambda: float(getattr(thing, attribute, 0)))

    def text(self) -> bytes:
        """The exposition format of Prometheus."""
        return generate_latest(self.registry)
