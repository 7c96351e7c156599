"""One engine, whoever shares it: threads, asyncio, forks, other processes, other knowledge."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from random_profiles import Vocabulary, random_profile, source
from second_series import SECOND, alone, both
from seriatim import (
    Engine,
    KnowledgeError,
    KnowledgeNotFoundError,
    PatientProfile,
    ProfileError,
    load_knowledge,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seriatim.model.evidence import EvidenceReport

ROOT = Path(__file__).resolve().parents[1]
PROFILES = 250
LINUX = sys.platform == "linux"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.default()


@pytest.fixture(scope="module")
def profiles(engine: Engine) -> list[dict[str, Any]]:
    rng = source(8)
    vocabulary = Vocabulary(engine.knowledge)
    return [random_profile(vocabulary, rng) for _ in range(PROFILES)]


@pytest.fixture(scope="module")
def expected(engine: Engine, profiles: list[dict[str, Any]]) -> list[str]:
    return [digest(engine, each) for each in profiles]


def digest(engine: Engine, profile: dict[str, Any]) -> str:
    """The whole answer, or the whole refusal, as one hash."""
    try:
        text = engine.look_up(profile).model_dump_json(by_alias=True)
    except ProfileError as error:
        text = str(error)
    return hashlib.sha256(text.encode()).hexdigest()


def resident() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


# --- threads and asyncio --------------------------------------------------------------------------


def in_threads(
    engine: Engine, profiles: Sequence[dict[str, Any]], expected: Sequence[str], total: int
) -> int:
    """Wrong answers among `total` look-ups of eight threads, each in an order of its own."""

    def work(thread: int) -> int:
        order = source(thread).sample(range(len(profiles)), len(profiles))
        wrong = 0
        for count in range(total // 8):
            at = order[count % len(order)]
            wrong += digest(engine, profiles[at]) != expected[at]
        return wrong

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(work, range(8)))


def test_eight_threads_give_the_answers_of_one(
    engine: Engine, profiles: list[dict[str, Any]], expected: list[str]
) -> None:
    assert in_threads(engine, profiles, expected, 1_000) == 0


def test_eight_threads_on_a_fresh_engine(
    profiles: list[dict[str, Any]], expected: list[str]
) -> None:
    assert in_threads(Engine.default(), profiles, expected, 400) == 0


async def gathered(
    engine: Engine, profiles: Sequence[dict[str, Any]], expected: Sequence[str], total: int
) -> int:
    """Wrong answers among look-ups that are awaited, half in threads and half at once."""

    async def direct(profile: dict[str, Any]) -> str:
        await asyncio.sleep(0)
        return digest(engine, profile)

    wrong = 0
    for start in range(0, total, 1000):
        ats = [at % len(profiles) for at in range(start, min(start + 1000, total))]
        found = await asyncio.gather(
            *(
                asyncio.to_thread(digest, engine, profiles[at]) if at % 2 else direct(profiles[at])
                for at in ats
            )
        )
        wrong += sum(each != expected[at] for each, at in zip(found, ats, strict=True))
    return wrong


def test_asyncio_gives_the_same_answers(
    engine: Engine, profiles: list[dict[str, Any]], expected: list[str]
) -> None:
    assert asyncio.run(gathered(engine, profiles, expected, 1_000)) == 0


@pytest.mark.campaign
def test_campaign_of_threads_and_asyncio(
    engine: Engine, profiles: list[dict[str, Any]], expected: list[str]
) -> None:
    start = time.monotonic()
    assert in_threads(engine, profiles, expected, 100_000) == 0
    middle = time.monotonic()
    assert asyncio.run(gathered(engine, profiles, expected, 100_000)) == 0
    end = time.monotonic()
    print(  # noqa: T201
        f"\n100,000 in 8 threads in {middle - start:.0f} s, 100,000 in asyncio in "
        f"{end - middle:.0f} s: no wrong answer"
    )


# --- forks and processes --------------------------------------------------------------------------

FORKS = """
import json, multiprocessing, os, sys, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)
sys.path[:0] = [{tests!r}, {engine!r}]
from seriatim import Engine
import test_engine
from random_profiles import Vocabulary, random_profile, source
engine = Engine.default()
rng, vocabulary = source(9), Vocabulary(engine.knowledge)
profiles = [random_profile(vocabulary, rng) for _ in range(40)]
expected = [test_engine.digest(engine, each) for each in profiles]
def same():
    return [test_engine.digest(engine, each) for each in profiles] == expected
stop = threading.Event()
def busy():
    while not stop.is_set():
        same()
worker = threading.Thread(target=busy)
worker.start()
statuses = []
for _ in range(6):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if same() else 7)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
stop.set()
worker.join()
with multiprocessing.get_context("fork").Pool(3) as pool:
    pooled = [pool.apply_async(same).get(60) for _ in range(6)]
print(json.dumps([statuses, pooled, same()]))
"""


def run(program: str, **environment: str) -> str:
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout.strip()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks only")
def test_forked_children_and_their_parent_give_the_same_answers() -> None:
    program = FORKS.format(tests=str(ROOT / "tests"), engine=str(ROOT / "engine"))
    assert run(program) == f"[{[0] * 6}, {[True] * 6}, true]".replace("True", "true")


BYTES = """
import sys
sys.path[:0] = [{tests!r}, {engine!r}]
from seriatim import Engine
import test_engine
print(test_engine.digest_of_many(Engine.default()))
"""


def digest_of_many(engine: Engine) -> str:
    """150 random answers as one hash."""
    rng, vocabulary = source(10), Vocabulary(engine.knowledge)
    found = hashlib.sha256()
    for _ in range(150):
        found.update(digest(engine, random_profile(vocabulary, rng)).encode())
    return found.hexdigest()


def test_other_processes_give_the_same_bytes(engine: Engine) -> None:
    program = BYTES.format(tests=str(ROOT / "tests"), engine=str(ROOT / "engine"))
    here = digest_of_many(engine)
    assert {run(program, PYTHONHASHSEED=seed) for seed in ("0", "4242")} == {here}


def test_every_spelling_of_a_profile_has_one_report(engine: Engine) -> None:
    spelled: list[Any] = [
        {"age": 30, "diagnoses": ["TRAPS"], "therapies": ["etanercept"]},
        {
            "therapies": [{"drug": "etanercept", "status": "past", "response": "unknown"}],
            "sex": "unknown",
            "diagnoses": [{"term": "TRAPS", "status": "active"}],
            "age": 30.0,
        },
        PatientProfile(age=30, diagnoses=["TRAPS"], therapies=["etanercept"]),
    ]
    assert len({engine.look_up(each).model_dump_json() for each in spelled}) == 1


def test_another_profile_or_other_knowledge_has_another_id(engine: Engine, tmp_path: Path) -> None:
    other = Engine(load_knowledge(both(tmp_path)))
    ids = {
        engine.look_up({"age": 30}).report_id,
        engine.look_up({"age": 31}).report_id,
        other.look_up({"age": 30}).report_id,
    }
    assert len(ids) == 3
    assert all(each.startswith("sha256:") and len(each) == 71 for each in ids)


# --- memory ---------------------------------------------------------------------------------------


def growth(ask: Callable[[], EvidenceReport | None], warm: int, total: int) -> int:
    """Bytes by which memory grows over `total` look-ups, after `warm` of them."""
    for _ in range(warm):
        ask()
    before = resident()
    for _ in range(total - warm):
        ask()
    return resident() - before


def asker(engine: Engine) -> Callable[[], EvidenceReport | None]:
    rng, vocabulary = source(11), Vocabulary(engine.knowledge)
    made = [random_profile(vocabulary, rng) for _ in range(3_000)]

    def ask() -> EvidenceReport | None:
        profile = {**rng.choice(made), "age": rng.uniform(0, 95)}
        try:
            return engine.look_up(profile)
        except ProfileError:
            return None

    return ask


@pytest.mark.skipif(not LINUX, reason="reads /proc")
def test_memory_does_not_grow_with_look_ups(engine: Engine) -> None:
    assert growth(asker(engine), 1_500, 3_000) < 6_000_000


@pytest.mark.campaign
@pytest.mark.skipif(not LINUX, reason="reads /proc")
def test_campaign_of_memory(engine: Engine) -> None:
    start = time.monotonic()
    total = int(os.environ.get("SERIATIM_LOOKUPS", "1000000"))
    grown = growth(asker(engine), min(8_000, total // 2), total)
    taken = time.monotonic() - start
    print(f"\n{total:,} look-ups in {taken:.0f} s: memory grew by {grown / 1e6:.1f} MB")  # noqa: T201
    assert grown < 10_000_000


# --- which knowledge ------------------------------------------------------------------------------


def test_knowledge_by_path_by_environment_and_by_default_is_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_path = Engine(load_knowledge(ROOT))
    monkeypatch.setenv("SERIATIM_KNOWLEDGE", str(ROOT))
    by_environment = Engine.default()
    hashes = {each.knowledge.hash for each in (engine, by_path, by_environment)}
    assert len(hashes) == 1
    profile = {"diagnoses": ["HIDS"]}
    assert len({each.look_up(profile).report_id for each in (engine, by_path)}) == 1


def test_the_environment_chooses_the_knowledge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERIATIM_KNOWLEDGE", str(alone(tmp_path)))
    assert {each.at.series for each in Engine.default().cases.values()} == {SECOND}


def test_answers_do_not_depend_on_who_came_before() -> None:
    asked = [
        {"diagnoses": [diagnosis]}
        for diagnosis in ("systemic sclerosis", "Schnitzler syndrome", "SS", "M04.1", "MKD", "SLE")
    ]
    knowledge = load_knowledge()
    one, other = Engine(knowledge), Engine(knowledge)
    forwards = [one.look_up(each).model_dump_json() for each in asked]
    backwards = [other.look_up(each).model_dump_json() for each in reversed(asked)]
    assert forwards == backwards[::-1]


@pytest.mark.parametrize("given", [None, "AOSD", 30, ["AOSD"], [("age", 30)], b"{}"])
def test_what_is_no_profile_is_refused_in_words(engine: Engine, given: Any) -> None:
    with pytest.raises(ProfileError) as caught:
        engine.look_up(given)
    wanted = f"profile: keys with values are wanted, not {type(given).__name__}"
    assert str(caught.value) == wanted


def test_every_error_that_is_raised_on_purpose_can_be_caught_by_name(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeNotFoundError, match="is not a folder with rules/ and cases/"):
        Engine.at(tmp_path)


def test_a_rule_that_cannot_be_compiled_leaves_no_engine(tmp_path: Path) -> None:
    root = both(tmp_path)
    path = root / "rules" / "limits" / "pregnancy.yaml"
    text = path.read_text("utf-8").replace("pregnancy: true", "pregnency: true")
    path.write_text(text, "utf-8")
    with pytest.raises(KnowledgeError) as caught:
        Engine(load_knowledge(root))
    [found] = caught.value.diagnostics
    assert (found.code, found.path) == ("R702", "rules/limits/pregnancy.yaml")
    assert found.nearest == ("pregnancy",)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "pregnency" in each)
    assert (found.line, found.column) == (line, text.splitlines()[line - 1].index("pregn") + 1)


@pytest.mark.parametrize(
    ("profile", "wrong"),
    [
        (
            {"age": "30 years", "diagnoses": [{"trm": "AOSD"}, "behets"], "agee": 3},
            ["age", "diagnoses[0].term", "diagnoses[0].trm", "agee", "diagnoses[1]"],
        ),
        ({"age": 340, "diagnoses": ["behets"]}, ["profile", "diagnoses[0]"]),
        ({"sex": "femal", "age": 340}, ["sex", "profile"]),
        (
            {"observations": {"neutrophils": "low", "neutrofils": 3}},
            ["observations.neutrophils", "observations.neutrofils"],
        ),
        ({"a.b": 3, "therapies": "anakinra"}, ["therapies", "a.b"]),
    ],
)
def test_all_that_is_wrong_with_a_profile_is_said_at_once(
    profile: dict[str, Any], wrong: list[str], engine: Engine
) -> None:
    with pytest.raises(ProfileError) as refused:
        engine.look_up(profile)
    assert [each.field for each in refused.value.problems] == wrong
    assert engine.problems(profile) == refused.value.problems


def test_an_observation_is_told_what_it_takes(engine: Engine) -> None:
    given = {"neutrophils": "low", "active_infection": "no", "neutrofils": "low"}
    told = [each.message for each in engine.problems({"observations": given})]
    assert told == [
        "a number, 10^9/L, is wanted, not 'low'",
        "true or false is wanted, not 'no'",
        "a number, or true or false, is wanted, not 'low'",
    ]
    assert engine.problems({"age": 30}) == ()
