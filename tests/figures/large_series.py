"""An invented series of sixty patients: long names, cells not printed, links of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from second_series import SERIES, both

if TYPE_CHECKING:
    from pathlib import Path

LARGE = "invented-large-2025"
PATIENTS = 60
LONG = (
    "an autoinflammatory disease of unknown kind resembling Schnitzler syndrome in all but the "
    "monoclonal gammopathy (variant)"
)
LONG_DOSE = (
    "100 mg daily for two weeks and then 300 mg every other day until remission, then tapered by "
    "25 mg a month (doubled for flares)"
)
REGIMEN = (
    "{role: maintenance, amount: {low: 100, high: 300, unit: mg}, every: {count: 1, unit: day}}"
)
DRUGS = ("rilonacept", "anakinra", "canakinumab")
LEVELS = ("complete", "none", "partial")


def three(target: Path) -> Path:
    """The shipped knowledge with the second series and this one added."""
    both(target)
    head = SERIES.partition("individuals:")[0].replace("invented-2024", LARGE)
    head = head.replace("identified: {n: 4,", f"identified: {{n: {PATIENTS},")
    people = "".join(f"  - {{id: q{number}}}\n" for number in range(PATIENTS))
    rows = "".join(course(number) for number in range(PATIENTS + 1))
    text = f"{head}individuals:\n{people}{LINKS}courses:\n{rows}{LIMITS}"
    (target / "cases" / f"{LARGE}.yaml").write_text(text, "utf-8")
    return target


LINKS = """\
links:
  - {courses: [T9R2, T9R61], certainty: stated, basis: marked}
  - {courses: [T9R3, T9R5], certainty: probable, basis: same age and sex}
"""
LIMITS = "limits:\n  - {id: invented, says: Nothing of this happened.}\n"


def course(number: int) -> str:
    """A row; the last is a second course of the second patient."""
    n = 1 if number == PATIENTS else number
    open_ = f'{{printed: "{LONG}", could_be: [schnitzler-syndrome, traps], why: "Not said."}}'
    sure = '{printed: "Schnitzler syndrome", concept: schnitzler-syndrome}'
    event = "Urticaria" if number % 2 else "None"
    cells = {
        "months": f'{{printed: "{number * 4 + 1}", months: {number * 4 + 1}}}'
        if number % 5
        else "",
        "response": f'{{printed: "x", level: {LEVELS[number % 3]}}}' if number % 4 else "",
        "adverse_events": (
            f'{{printed: "{event}", events: [{"urticaria" if number % 2 else ""}]}}'
            if number % 6
            else ""
        ),
        "dose": f'{{printed: "{LONG_DOSE}", regimens: [{REGIMEN}]}}' if number % 3 else "",
        "age": f'{{printed: "{20 + n}", years: {20 + n}}}' if n % 11 else "",
    }
    return "".join(
        [
            f'  - id: T9R{number + 1}\n    at: {{table: "9", row: {number + 1}}}\n',
            f"    individual: q{n}\n    drug: {DRUGS[number % 3]}\n",
            f"    diagnosis: {sure if n % 7 else open_}\n",
            *(f"    {name}: {cell}\n" for name, cell in cells.items() if cell),
        ]
    )
