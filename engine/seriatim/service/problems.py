"""Errors as answers: problem details (RFC 9457), or what a hook's client or a browser wants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from seriatim.service import problem_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.types import Scope

MEDIA_TYPE = "application/problem+json"
OUTCOME_TYPE = "application/fhir+json"
ALLOW = "allow"
"""Where an endpoint of many methods says which of them its path takes."""
HOOKS_PATH = "/cds-services"
"""Under it, errors are OperationOutcomes, as CDS Hooks 2.0.1 wants."""

_ISSUE_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    412: "required",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
"""Status to a code of the FHIR value set issue-type."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: where (RFC 6901 pointer) and what."""

    pointer: str
    detail: str
    nearest: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Its JSON; `nearest` only if there is any."""
        plain: dict[str, Any] = {"pointer": self.pointer, "detail": self.detail}
        return {**plain, "nearest": list(self.nearest)} if self.nearest else plain


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that is answered with an error; raised anywhere, rendered in one place.

    `slug` names the kind of problem and never changes; `title` is the same for every problem of
    the kind; `detail` says what was wrong with this request and what to do. `errors` may be
    Faults or plain mappings with `pointer`, `detail` and, if known, `nearest`.
    """

    status: int
    slug: str
    title: str
    detail: str = ""
    errors: Sequence[Fault | Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.slug}"

    def as_json(self, request_id: str = "") -> dict[str, Any]:
        """Problem details (RFC 9457)."""
        found: dict[str, Any] = {
            "type": f"urn:seriatim:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            found["detail"] = self.detail
        if request_id:
            found["request_id"] = request_id
        if self.errors:
            found["errors"] = [_plain(each) for each in self.errors]
        return found

    def as_outcome(self, request_id: str = "") -> dict[str, Any]:
        """The same as a FHIR OperationOutcome: one issue for each fault, or one for the whole."""
        code = _ISSUE_CODES.get(self.status, "exception" if self.status >= 500 else "processing")  # noqa: PLR2004
        said = f"{self.title}. {self.detail}" if self.detail else self.title
        if request_id:
            said = f"{said} (request {request_id})"
        issues = [{"severity": "error", "code": code, "diagnostics": said}]
        for each in map(_plain, self.errors):
            text = f"{each.get('pointer') or 'request'}: {each.get('detail', '')}"
            issues.append({"severity": "error", "code": code, "diagnostics": text})
        return {"resourceType": "OperationOutcome", "issue": issues}


def response(problem: Problem, scope: Scope) -> Response:
    """The answer for a problem, in the form that the called path promises."""
    request_id = scope.get("state", {}).get("request_id", "")
    headers = dict(problem.headers)
    if not is_hook(scope["path"]) and problem_page.may_be_page(scope):
        headers |= {"vary": "Accept"}
    if is_hook(scope["path"]):
        content, media = msgspec.json.encode(problem.as_outcome(request_id)), OUTCOME_TYPE
    elif problem_page.wants_page(scope):
        root, path = scope.get("root_path", ""), scope["path"]
        content = problem_page.page(problem, request_id, root, path).encode()
        media = problem_page.MEDIA_TYPE
    else:
        content, media = msgspec.json.encode(problem.as_json(request_id)), MEDIA_TYPE
    return Response(content, status_code=problem.status, headers=headers, media_type=media)


def is_hook(path: str) -> bool:
    """Whether a path belongs to CDS Hooks."""
    return path == HOOKS_PATH or path.startswith(f"{HOOKS_PATH}/")


def _plain(each: Fault | Mapping[str, Any]) -> dict[str, Any]:
    return each.as_json() if isinstance(each, Fault) else dict(each)
