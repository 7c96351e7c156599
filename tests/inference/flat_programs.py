"""Flat rules and states of facts to ask them about, and what plain Python finds true of them."""

import random
from collections.abc import Sequence

from hypothesis import strategies as st

from seriatim.inference.durable import Bound, FlatRule

Numbers = list[tuple[float, float] | None]
State = tuple[int, int, Numbers]

CONSTANTS = (
    *(-1.7e308, -1.5, -0.0, 0.0, 5e-324, 1e-05, 0.1, 0.3, 0.1 + 0.2, 17.999999999999996, 18, 18.0),
    *(65.5, 2.0**53, 2**53 + 1, 1e16, 1e22, 1.7e308),
)
ATOMS = 8
NUMBERS = 3


def compares(op: str, value: float, known: tuple[float, float] | None) -> bool:
    """Whether all of a known interval stands so to a constant."""
    if known is None:
        return False
    low, high = known
    return {"ge": low >= value, "gt": low > value, "le": high <= value, "lt": high < value}[op]


def expected(rules: Sequence[FlatRule], true: int, false: int, numbers: Numbers) -> set[int]:
    return {
        index
        for index, rule in enumerate(rules)
        if all(true >> atom & 1 for atom in rule.true)
        and all(false >> atom & 1 for atom in rule.false)
        and all(compares(bound.op, bound.value, numbers[bound.number]) for bound in rule.bounds)
    }


def rule(
    true: Sequence[int] = (), false: Sequence[int] = (), bounds: Sequence[Bound] = ()
) -> FlatRule:
    return FlatRule(tuple(true), tuple(false), tuple(bounds), "rules/some/rule.yaml:3")


@st.composite
def flat_rules(draw: st.DrawFn) -> FlatRule:
    signs = draw(st.lists(st.sampled_from((None, None, True, False)), min_size=ATOMS, max_size=8))
    bounds = draw(
        st.lists(
            st.builds(
                Bound,
                st.integers(0, NUMBERS - 1),
                st.sampled_from(("ge", "gt", "le", "lt")),
                st.sampled_from(CONSTANTS),
            ),
            max_size=3,
        )
    )
    true = [atom for atom, sign in enumerate(signs) if sign is True]
    false = [atom for atom, sign in enumerate(signs) if sign is False]
    if not (true or false or bounds):
        true = [draw(st.integers(0, ATOMS - 1))]
    return rule(draw(st.permutations(true)), false, bounds)


@st.composite
def states(draw: st.DrawFn) -> State:
    signs = [draw(st.sampled_from((None, True, True, False))) for _ in range(ATOMS)]
    ends = st.sampled_from(CONSTANTS) | st.floats(allow_nan=False, allow_infinity=False)
    intervals = st.none() | st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))
    numbers = draw(st.lists(intervals, min_size=NUMBERS, max_size=NUMBERS))
    true = sum(1 << atom for atom, sign in enumerate(signs) if sign is True)
    false = sum(1 << atom for atom, sign in enumerate(signs) if sign is False)
    return true, false, numbers


def workload(count: int) -> tuple[list[FlatRule], list[State]]:
    chance = random.Random(7)  # noqa: S311 (a workload, not a secret)
    rules = [
        rule(
            chance.sample(range(10), 2),
            chance.sample(range(10, 16), 1),
            [Bound(chance.randrange(3), chance.choice(("ge", "lt")), chance.choice((18, 40, 65)))],
        )
        for _ in range(count)
    ]
    asked: list[State] = []
    for _ in range(200):
        known = [chance.choice((None, True, False)) for _ in range(16)]
        true = sum(1 << atom for atom, sign in enumerate(known) if sign is True)
        false = sum(1 << atom for atom, sign in enumerate(known) if sign is False)
        ages = [chance.choice(((12.0, 12.0), (40, 41), (17, 70), None)) for _ in range(3)]
        asked.append((true, false, ages))
    return rules, asked
