"""The look-up in a browser: the worked answers, by keyboard alone, and without races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scenario_files import HERE, read, short
from seriatim.model.profile import PatientProfile
from seriatim.pipeline import given_of
from seriatim.service.web.profile import state_of

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page, Route

    from seriatim.pipeline import Engine

WORKED = read(HERE / "answers" / "worked.yaml")["answers"]


def address(profile: dict[str, Any]) -> str:
    return f"/?{state_of(given_of(PatientProfile.model_validate(profile))).query}"


def answered(page: Page) -> None:
    """Wait until the answer is that of the form."""
    page.wait_for_selector("#answer:not([aria-busy]) h1")


@pytest.mark.parametrize("answer", [pytest.param(each, id=each["name"]) for each in WORKED])
def test_a_worked_answer(page: Page, engine: Engine, answer: dict[str, Any]) -> None:
    page.goto(address(answer["profile"]))
    if "error" in answer:
        assert page.locator("#faults").is_visible()
        return
    tables = page.locator("table.courses")
    assert tables.count() == len(answer["findings"])
    for number, want in enumerate(answer["findings"]):
        rows = tables.nth(number).locator("th[scope=rowgroup] a").all_text_contents()
        assert rows == want["courses"]
        assert want["drug"] in (tables.nth(number).locator("caption").text_content() or "").lower()
    said = page.locator("#answer .lines").inner_text()
    labels = page.locator(".labels").inner_text() if page.locator(".labels").count() else ""
    report = engine.look_up(answer["profile"])
    for finding in report.findings:
        for group in finding.by_diagnosis:
            share = group.outcomes.complete
            assert f"complete {share.k} of {share.n} (95% CI" in said
    for label in report.stronger_evidence:
        assert f"The {label.jurisdiction} label of {label.name} names" in labels
        assert label.diagnosis_name in labels or label.says in labels
    for course in {short(each.course) for each in report.cases}:
        assert page.locator(f"figure svg a[href$='/{course}']").count() > 0


def test_by_keyboard_alone(page: Page) -> None:
    """From the empty page to an answer with two therapies, a fault mended and a fact added."""
    page.goto("/")
    press, write = page.keyboard.press, page.keyboard.type

    def focused() -> str:
        return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))

    def tab_to(wanted: str) -> None:
        for _each in range(60):
            if focused().strip() == wanted:
                return
            press("Tab")
        pytest.fail(f"{wanted} is not reached from {focused()!r}")

    press("Tab")
    assert focused() == "Skip to the content"
    tab_to("age")
    write("30")
    tab_to("diagnosis-0")
    write("behc")
    page.wait_for_selector("#diagnosis-0-names li")
    assert page.locator("#diagnosis-0").get_attribute("aria-expanded") == "true"
    press("ArrowDown")
    active = page.locator("#diagnosis-0").get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").inner_text().startswith("Behçet's disease")
    press("Enter")
    assert page.input_value("#diagnosis-0") == "Behçet's disease"
    page.wait_for_selector("#answer h1:has-text('adult of 30')")
    assert focused() == "diagnosis-0"
    tab_to("drug-0")
    write("colchicine")
    tab_to("Add a therapy")
    press("Enter")
    assert focused() == "drug-1"
    write("anakira")
    press("Escape")
    press("Tab")
    page.wait_for_selector("#drug-1-error a")
    press("Shift+Tab")
    tab_to("anakinra")
    press("Enter")
    page.wait_for_selector("#answer .here")
    assert (focused(), page.input_value("#drug-1")) == ("drug-1", "anakinra")
    tab_to("response-1")
    write("partial")
    page.wait_for_selector("#answer >> text=After anakinra, as here")
    tab_to("Look up")
    press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'answer'")
    link = page.locator(".wanted a.click[aria-label='Pregnancy: yes']")
    link.focus()
    press("Enter")
    page.wait_for_selector("#cautions >> text=The patient is pregnant")
    assert "obs.pregnancy=yes" in page.url
    assert "therapy=anakinra:past:partial" in page.url


@pytest.mark.parametrize(
    ("place", "typed", "name", "by"),
    [
        ("diagnosis-0", "M35", "Behçet's disease", "M35.2, ICD-10-CM code"),
        ("diagnosis-0", "SS", "SS", "could be several diagnoses"),
        ("drug-0", "kineret", "anakinra", "Kineret"),
        ("drug-0", "TNF inhib", "TNF inhibitor", "a class of drugs"),
    ],
)
def test_names_synonyms_and_codes_are_found(
    page: Page, place: str, typed: str, name: str, by: str
) -> None:
    page.goto("/")
    page.type(f"#{place}", typed)
    option = page.locator(f"#{place}-names li", has_text=by).first
    option.wait_for()
    option.click()
    assert page.input_value(f"#{place}") == name


def test_the_address_holds_the_state_and_reloads(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    before = page.evaluate("history.length")
    page.select_option("#sex", "male")
    page.wait_for_url("**/?sex=male&diagnosis=AOSD")
    page.fill("#age", "50")
    page.wait_for_url("**/?age=50&sex=male&diagnosis=AOSD")
    title = page.title()
    assert title.startswith("Adult-onset Still's disease, man of 50")
    page.reload()
    assert page.input_value("#age") == "50"
    assert page.title() == title
    assert page.evaluate("history.length") == before
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_a_late_answer_to_an_earlier_question_is_dropped(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    held: list[Route] = []

    def slow(route: Route) -> None:
        if "age=50" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/answer?*", slow)
    page.fill("#age", "50")
    page.wait_for_selector("#answer[aria-busy=true]")
    page.wait_for_timeout(350)
    page.fill("#age", "51")
    page.wait_for_selector("#answer h1:has-text('51')")
    assert len(held) == 1
    answered(page)
    assert "adult of 51" in page.locator("#answer h1").inner_text()
    assert page.url.endswith("/?age=51&diagnosis=AOSD")


def test_without_a_connection_the_answer_is_said_to_be_old(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    page.route("**/answer?*", lambda route: route.abort())
    page.fill("#age", "50")
    page.wait_for_selector("#answer .stale")
    assert "belongs to what was entered before" in page.locator("#answer .stale").inner_text()
    page.unroute("**/answer?*")
    page.fill("#age", "51")
    page.wait_for_selector("#answer h1:has-text('51')")
    assert page.locator("#answer .stale").count() == 0


def test_a_change_is_told_politely(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    assert page.locator("#said").get_attribute("aria-live") == "polite"
    page.fill("#considering-0", "canakinumab")
    page.locator("#considering-0").blur()
    page.wait_for_function(
        "() => document.querySelector('#said').textContent.includes('Canakinumab in')"
    )
    assert "complete 1 of 1" in page.locator("#said").inner_text()


def test_tables_are_sorted_in_place(page: Page) -> None:
    page.goto("/?diagnosis=M35.2&considering=canakinumab")
    table = page.locator("#finding-0")
    rows = table.locator("th[scope=rowgroup] a")
    assert rows.all_text_contents() == ["T2R4", "T2R5", "T2R2", "T2R3"]
    table.locator("[data-sort=months]").click()
    assert rows.all_text_contents() == ["T2R2", "T2R5", "T2R3", "T2R4"]
    assert table.locator("th[aria-sort=ascending]").inner_text().startswith("Months")
    table.locator("[data-sort=months]").click()
    assert rows.all_text_contents() == ["T2R4", "T2R3", "T2R5", "T2R2"]
    assert "sort=-months" in page.url
    page.reload()
    assert rows.all_text_contents() == ["T2R4", "T2R3", "T2R5", "T2R2"]


def test_rows_come_and_go(page: Page) -> None:
    page.goto("/?diagnosis=AOSD&therapy=colchicine&therapy=anakinra:past:none&therapy=methotrexate")
    page.click("button[aria-label='Remove therapy 1']")
    page.wait_for_url("**/?diagnosis=AOSD&therapy=anakinra:past:none&therapy=methotrexate")
    assert page.evaluate("document.activeElement.id") == "drug-0"
    assert page.input_value("#response-0") == "none"
    page.click("#rows-therapy [data-add]")
    page.keyboard.type("nothing of the kind")
    page.keyboard.press("Tab")
    page.wait_for_selector("#drug-2-error p")
    assert page.get_attribute("#drug-2", "aria-invalid") == "true"
    assert page.locator("#faults").is_visible()
    page.click("button[aria-label='Remove therapy 3']")
    page.wait_for_selector("#answer .lines")
    assert page.locator("[aria-invalid]").count() == 0


def test_a_fault_gets_the_focus_when_the_form_is_sent(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    page.fill("#age", "300")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'faults'")
    page.click("#faults a[href='#age']")
    assert page.evaluate("document.activeElement.id") == "age"


def test_a_fact_that_is_asked_for_opens_its_field(page: Page) -> None:
    page.goto("/?diagnosis=AOSD")
    page.click("a.click[aria-label='Creatinine clearance: enter it']")
    assert page.evaluate("document.activeElement.id") == "obs-creatinine_clearance"
    page.click("a.click[aria-label='Current therapies: add one']")
    assert page.evaluate("document.activeElement.id") == "drug-0"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_moves_sideways_or_shifts(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach((each) =>"
        " { window.moved += each.hadRecentInput ? 0 : each.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto("/?diagnosis=M35.2&therapy=anakinra:past:partial")
    page.wait_for_load_state("networkidle")
    page.evaluate("location.hash = 'reasons'")  # past much that is not laid out yet
    page.wait_for_function(
        "() => Math.abs(document.getElementById('reasons').getBoundingClientRect().top - 16) < 2"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.moved") < 0.02


def test_the_form_works_where_scripts_are_off(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(server.url)
    plain.fill("#diagnosis-0", "AOSD")
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/?diagnosis=AOSD#answer")
    assert plain.locator("#answer table.courses").count() == 2
    context.close()
