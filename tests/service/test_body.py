"""What a body may be, and what is said of one that may not."""

from __future__ import annotations

import gc
import json
import random
from time import process_time
from typing import TYPE_CHECKING, Any

import pytest

from seriatim.service import body
from seriatim.service.body import DEEPEST, decode_json
from seriatim.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 20
"""How much longer than the decoder alone a body may take: a square of its length is hundreds."""


def cost(run: Callable[[], object]) -> float:
    """Processor seconds, the least of three runs."""
    taken = []
    for _each in range(3):
        start = process_time()
        run()
        taken.append(process_time() - start)
    return min(taken)


def refusal(data: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        decode_json(data)
    return caught.value


@pytest.mark.parametrize(
    ("data", "slug", "said"),
    [
        (b"", "not-valid-json", "line 1, column 1"),
        (b"{", "not-valid-json", "line 1, column 2"),
        (b'{"a": nul}', "not-valid-json", "line 1, column 7"),
        (b"\xff\xfe{}", "not-valid-json", "Byte 0 is not UTF-8"),
        (b'{"a": "\xe9"}', "not-valid-json", "Byte 7 is not UTF-8"),
        (b'{"a": NaN}', "not-valid-json", ""),
        (b'{"a": "\\ud800"}', "not-valid-json", "without the other half of its pair"),
        (b'{"a": "\\ud800", "b": 1}', "not-valid-json", "without the other half of its pair"),
        (b'{"\\udc00": "\\ud83d\\ude00"}', "not-valid-json", "without the other half"),
        (b'{"a": "\\ud83d\\ude00"', "not-valid-json", "line 1, column 21"),
        (b"[" * 202 + b"]" * 202, "too-deep", "200 levels"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep", "200 levels"),
        (b'{"a":' * 100_000, "too-deep", "200 levels"),
    ],
)
def test_refused(data: bytes, slug: str, said: str) -> None:
    problem = refusal(data)
    assert (problem.status, problem.slug) == (400, slug)
    assert said in problem.detail


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[" + b",".join([b"[" * 60 + b"]" * 60] * 20_000) + b"]", "1,200,001 brackets"),
        (b"[" + b"{}," * 250_000 + b"{}]", "250,002 brackets"),
        (b"{" + b",".join(b'"%x" :0' % each for each in range(300_000)) + b"}", "300,000 colons"),
    ],
)
def test_too_many_parts_are_refused_before_decoding(
    data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "_decode", pytest.fail)
    problem = refusal(data)
    assert (problem.status, problem.slug) == (413, "too-many-parts")
    assert said in problem.detail


def test_a_long_body_of_plain_resources_is_read() -> None:
    coding = {"system": "urn:oid:1.2.3", "code": "a-1", "display": "Something: seen"}
    one = {"resourceType": "Condition", "id": "c", "code": {"coding": [coding]}}
    data = json.dumps([one] * 60_000, separators=(",", ":")).encode()
    assert len(data) > body.BIG
    assert data.count(b":") > body.FEW_PARTS
    assert len(decode_json(data)) == 60_000
    assert gc.isenabled()


def test_as_many_levels_as_are_promised() -> None:
    deepest = b'[{"a":' * (DEEPEST // 2) + b'"' + b"[" * 1000 + b'"' + b"}]" * (DEEPEST // 2)
    assert decode_json(deepest) == json.loads(deepest)
    assert refusal(b"[[" + deepest + b"]]").slug == "too-deep"


def test_depth_costs_no_time() -> None:
    data = b"[" + b",".join([b"[" * 60 + b"]" * 60] * 3_000) + b"]" + b" " * body.BIG
    assert cost(lambda: decode_json(data)) < TIMES * cost(lambda: json.loads(data))
    assert refusal(b"[" * DEEPEST + data + b"]" * DEEPEST).slug == "too-deep"


def test_many_names_of_which_one_stands_twice_take_no_square_of_time() -> None:
    data = b"{" + b",".join(b'"%x":0' % each for each in range(80_000)) + b',"1":1}'
    assert [each.detail for each in refusal(data).errors] == ["'1' stands twice"]
    assert cost(lambda: refusal(data)) < TIMES * cost(lambda: json.loads(data))
    long = data[:-1] + b',"a":"' + b" " * body.BIG + b'"}'
    assert refusal(long).slug == "name-twice"
    assert refusal(long[:-1]).slug == "name-twice"  # the first that is found, in a big body


def test_a_name_that_stands_twice_is_named() -> None:
    problem = refusal(b'{"a": {"sex": "male", "b": 1, "sex": "female"}}')
    assert problem.slug == "name-twice"
    assert [each.detail for each in problem.errors] == ["'sex' stands twice"]
    assert refusal(b'{"a": 1, "\\u0061": 2}').slug == "name-twice"
    assert refusal(b'{"a\\"": {}, "a\\"": ":"}').slug == "name-twice"


def test_what_follows_a_name_that_stands_twice_may_be_anything() -> None:
    start = b'{"a": 1, "a": 2, "b": '
    assert refusal(start).slug == "not-valid-json"
    assert refusal(start + b'"\xff"}').detail == "Byte 23 is not UTF-8."
    assert refusal(start + b"nul}").detail == "Expecting value at line 1, column 23."
    deep = refusal(start + b"[" * 100_000 + b"]" * 100_000 + b"}")
    assert (deep.slug, deep.errors) == ("name-twice", [])


@pytest.mark.parametrize("text", [":x", ":", '":', "\\", '\\"', "", "{", "\u2028"])
def test_no_text_hides_or_feigns_a_second_name(text: str) -> None:
    shown = json.dumps(text).encode()
    for data in (b'{"a": %s}' % shown, b"{%s :1}" % shown, b'[{"a":%s},{"a":%s}]' % (shown, shown)):
        assert decode_json(data) == json.loads(data)
    for data in (
        b'{"a":1,"a":%s}' % shown,
        b'{"a":%s,"a":1}' % shown,
        b"{%s:1,%s:2}" % (shown, shown),
    ):
        assert refusal(data).slug == "name-twice"


def _random_value(random_: random.Random, depth: int) -> Any:
    texts = [
        "",
        '"',
        "\\",
        '\\"',
        "{",
        "}",
        "[:]",
        'a":',
        "\n",
        "é",
        "\\\\",
        "\U0001f600",
        "\u2028",
    ]
    kind = random_.randrange(6 if depth else 4)
    if kind == 4:
        return [_random_value(random_, depth - 1) for _ in range(random_.randrange(4))]
    if kind == 5:
        names = random_.sample(texts, random_.randrange(4))
        return {name: _random_value(random_, depth - 1) for name in names}
    return [random_.choice(texts), random_.randrange(-9, 10**9), None, 0.5][kind]


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0) if isinstance(value, (dict, list)) else 0


def test_random_json_is_read_as_the_standard_library_reads_it() -> None:
    random_ = random.Random(7)  # noqa: S311 - the same at each run
    for _each in range(2000):
        value = _random_value(random_, 5)
        data = json.dumps(value, ensure_ascii=random_.random() < 0.5).encode()
        assert decode_json(data) == value
        more = DEEPEST - _depth(value)
        assert decode_json(b"[" * more + data + b"]" * more)
        more += 2  # an empty list one level deeper is still read
        assert refusal(b"[" * more + data + b"]" * more).slug == "too-deep"
