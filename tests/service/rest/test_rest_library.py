"""What the library holds, over REST: the command line's bytes, and pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from fhir.resources.R4B.bundle import Bundle
from google.protobuf.json_format import ParseDict
from phenopackets import Cohort, Phenopacket
from typer.testing import CliRunner

from seriatim.cli.app import app

if TYPE_CHECKING:
    from seriatim.pipeline import Engine
    from service.conftest import Caller

BASE = "/api/v1"
SERIES = "nyu-2022-il1"
SAME = [
    ("/cases", ["cases"]),
    ("/cases?drug=anakinra&response=none", ["cases", "--drug", "anakinra", "--response", "none"]),
    ("/cases?after=anakinra&event=any", ["cases", "--after", "anakinra", "--event", "any"]),
    ("/claims", ["claims"]),
    (f"/claims?series={SERIES}&verdict=contradicted", ["claims", SERIES, "--contradicted"]),
    ("/rules", ["rules"]),
    ("/rules/same-diagnosis", ["rules", "same-diagnosis"]),
    ("/observations", ["rules", "--observations"]),
    ("/schemas", ["schema"]),
    ("/schemas/profile", ["schema", "profile"]),
    ("/about", ["about"]),
]


@pytest.mark.parametrize(("path", "command"), SAME, ids=[each[0] for each in SAME])
def test_bytes_are_those_of_the_command_line(rest: Caller, path: str, command: list[str]) -> None:
    printed = CliRunner().invoke(app, [*command, "--format", "json"])
    assert printed.exit_code == 0
    assert rest.get(BASE + path).content == printed.stdout_bytes


def test_csv_of_the_courses(rest: Caller) -> None:
    printed = CliRunner().invoke(app, ["cases", "--format", "csv"]).stdout_bytes
    found = rest.get(f"{BASE}/cases?format=csv")
    assert found.content == printed
    assert found.headers["content-type"] == "text/csv; charset=utf-8"


def test_markdown_of_the_courses_adds_links(rest: Caller) -> None:
    printed = CliRunner().invoke(app, ["cases", "--format", "markdown"]).stdout
    found = rest.get(f"{BASE}/cases?format=markdown").text
    links = re.findall(r"\| \[\w+\]\(([^)]+)\)", found)
    assert re.sub(r"\[(\w+)\]\([^)]+\)", r"\1", found).endswith(printed)
    assert len(links) == 24
    assert {rest.request("HEAD", each).status_code for each in links} == {200}


def test_a_page_tells_none_from_not_printed(rest: Caller) -> None:
    text = rest.get(f"{BASE}/cases/{SERIES}/T1R12?format=markdown").text
    for field in ("concurrent", "previous", "adverse\\_events"):
        assert f"| {field} | none |" in text
    assert "| note | not printed |" in text


# --- courses and exports --------------------------------------------------------------------------


def test_one_course(rest: Caller) -> None:
    found = rest.get(f"{BASE}/cases/{SERIES}/T2R4").json()
    [listed] = [e for e in rest.get(f"{BASE}/cases").json() if e["course"] == found["course"]]
    assert found == listed
    assert found["response"] == {"printed": "None", "level": "none"}


@pytest.mark.parametrize("course", ["T1R1", "T2R7"])
def test_exports_of_one(rest: Caller, course: str) -> None:
    at = f"{BASE}/cases/{SERIES}/{course}"
    printed = CliRunner().invoke(app, ["export", f"{SERIES}/{course}"]).stdout_bytes
    ways = [
        rest.get(at, headers={"accept": "application/fhir+json"}),
        rest.get(f"{at}?format=fhir"),
        rest.get(f"{at}/fhir"),
    ]
    for each in ways:
        assert each.content == printed
        assert each.headers["content-type"] == "application/fhir+json"
    Bundle.model_validate(ways[0].json())
    packets = [rest.get(f"{at}?format=phenopacket"), rest.get(f"{at}/phenopacket")]
    assert packets[0].content == packets[1].content
    ParseDict(packets[0].json(), Phenopacket(), ignore_unknown_fields=False)


def test_exports_of_what_the_filters_leave(rest: Caller) -> None:
    bundle = rest.get(f"{BASE}/cases?drug=canakinumab&format=fhir").json()
    Bundle.model_validate(bundle)
    found = rest.get(f"{BASE}/cases?drug=canakinumab&format=phenopacket").json()
    ParseDict(found, Cohort(), ignore_unknown_fields=False)
    assert len(found["members"]) == 10
    nothing = rest.get(f"{BASE}/cases?drug=rilonacept&format=fhir").json()
    assert nothing == {"resourceType": "Bundle", "type": "collection"}


def test_a_series_has_its_rows(rest: Caller, engine: Engine) -> None:
    found = rest.get(f"{BASE}/series/{SERIES}").json()
    assert found["courses"] == list(engine.knowledge.courses)
    assert len(found["source_attributes"]["attributes"]) == 13
    text = rest.get(f"{BASE}/series/{SERIES}?format=markdown").text
    assert text.startswith("# Gutierrez et al. 2022\n")
    assert f"Identifier: {SERIES}." in text
    assert "## Courses, row by row" in text
    assert "## Limits" in text
    for course in ("T1R1", "T2R4", "T2R10"):
        assert f"| [{course}](/api/v1/cases/{SERIES}/{course}) |" in text
    assert text.index("row by row") < text.index("## Source attributes")


def test_all_series(rest: Caller) -> None:
    [found] = rest.get(f"{BASE}/series").json()
    assert (found["id"], found["courses"], found["patients"]) == (SERIES, 24, 21)


def test_the_knowledge(rest: Caller, engine: Engine) -> None:
    found = rest.get(f"{BASE}/knowledge").json()
    report = rest.post(f"{BASE}/lookup", json={}).json()
    assert found["hash"] == engine.knowledge.hash == report["knowledge"]["hash"]
    assert found["series"] == report["knowledge"]["series"]


def test_one_term(rest: Caller) -> None:
    found = rest.get(f"{BASE}/terms/canakinumab").json()
    assert {each["status"] for each in found["codes"]} == {"verified"}


def test_the_index_leads_everywhere(rest: Caller) -> None:
    links = rest.get(BASE).json()
    for name, path in links.items():
        found = rest.options(path)
        assert found.status_code == 204, name


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "near"),
    [
        (f"/cases/{SERIES}/T2R44", "T2R4"),
        ("/cases/nyu-2022/T2R4", SERIES),
        (f"/cases/{SERIES}/t1r1/fhir", "T1R1"),
        ("/series/nyu", SERIES),
        ("/rules/same-diagnosi", "same-diagnosis"),
        ("/terms/anakira", "anakinra"),
        ("/schemas/profil", "profile"),
    ],
)
def test_unknown_things_have_the_nearest_names(rest: Caller, path: str, near: str) -> None:
    found = rest.get(BASE + path)
    assert found.status_code == 404
    assert found.headers["content-type"] == "application/problem+json"
    assert near in found.json()["errors"][0]["nearest"]


def test_unknown_terms_of_filters(rest: Caller) -> None:
    found = rest.get(f"{BASE}/cases?drug=anakira&diagnosis=bechet&event=hives&series=x").json()
    assert found["status"] == 400
    assert [each["pointer"] for each in found["errors"]] == [
        "/query/diagnosis",
        "/query/drug",
        "/query/series",
    ]
    assert rest.get(f"{BASE}/claims?series=x").json()["errors"][0]["nearest"] == [SERIES]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("drugs=anakinra", "/query/drugs"),
        ("drug=anakinra&drug=canakinumab", "/query/drug"),
        ("response=some", "/query/response"),
        ("drug=", "/query/drug"),
        (f"drug={'a' * 201}", "/query/drug"),
        ("a/b~c=1", "/query/a~1b~0c"),
    ],
)
def test_a_query_is_read_strictly(rest: Caller, query: str, pointer: str) -> None:
    found = rest.get(f"{BASE}/cases?{query}")
    assert found.status_code == 400
    assert found.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "query", ["", "q=+", "q=a&limit=0", "q=a&limit=51", "q=a&limit=x", "q=a&kind=x"]
)
def test_a_search_is_bounded(rest: Caller, query: str) -> None:
    assert rest.get(f"{BASE}/terms?{query}").status_code == 400


def test_text_of_a_client_stays_text(rest: Caller) -> None:
    typed = "<script>alert(1)</script> [x](javascript:1) | `a`"
    found = rest.request("GET", f"{BASE}/terms", params={"q": typed, "format": "html"})
    assert "<script" not in found.text
    assert "&lt;script" in found.text
    assert 'href="javascript' not in found.text
    assert (
        json.loads(rest.request("GET", f"{BASE}/terms", params={"q": typed}).text)["query"] == typed
    )
