"""docs/service-settings.md: every setting, every reason and examples that are accepted."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from seriatim.service import auth
from seriatim.service.describe import settings_markdown
from seriatim.service.reading import read_settings
from seriatim.service.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "service-settings.md").read_text("utf-8")
REASON = re.compile(r'(?:refused\(\s*|no_scope|Problem\(\s*\d+,\s*)"([a-z-]+)"')


def test_every_setting_stands_in_it() -> None:
    _before, _comment, table = PAGE.partition("a test holds it true -->\n")
    assert table == settings_markdown()
    assert all(f"`SERIATIM_{name.upper()}`" in table for name in Settings.model_fields)


def test_every_reason_stands_in_it() -> None:
    code = "".join(each.read_text("utf-8") for each in Path(next(iter(auth.__path__))).glob("*.py"))
    section = PAGE.partition("### Why a token is refused")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)
    assert len(documented) == len(set(documented))
    assert set(documented) == set(REASON.findall(code))


def test_its_examples_are_accepted(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 3
    for number, text in enumerate(examples):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text, "utf-8")
        settings = read_settings(str(path), {})
        given = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506, TID251 - to compare with
        assert set(given) == settings.model_fields_set
        assert not settings.is_open
    whole = tmp_path / "whole.yaml"
    whole.write_text("".join(examples), "utf-8")
    assert read_settings(str(whole), {}).oidc is not None


def test_variables_as_it_writes_them() -> None:
    variable, text = re.findall(r"`(SERIATIM_REST_TOKENS)='(.*?)'`", PAGE)[0]
    settings = read_settings(None, {variable: text.replace("…", "0" * 64)})
    assert settings.rest_tokens[0].name == "portal"
