"""Settings: what is taken, what is reported, and by which name."""

from typing import Any

import pytest

from claude_sidecar.settings import SCHEMA, Settings, parse


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(None, Settings(), id="nothing set"),
        pytest.param({"model": "claude-x"}, Settings(model="claude-x"), id="text"),
        pytest.param({"live": {"max": 0}}, Settings(live_max=0), id="nested"),
        pytest.param({"live.max": 7}, Settings(live_max=7), id="dotted"),
        pytest.param({"budget": {"dayUsd": 2}}, Settings(budget_day_usd=2.0), id="whole number"),
        pytest.param({"model": None}, Settings(), id="null means none"),
        pytest.param({"live.max": None}, Settings(), id="null means the default"),
        pytest.param(
            {"allowedTools": ["Bash(ls:*)"]}, Settings(allowed_tools=("Bash(ls:*)",)), id="list"
        ),
        pytest.param({"env": {"A": ""}}, Settings(env={"A": ""}), id="object"),
    ],
)
def test_right_values_are_taken(raw: Any, expected: Settings) -> None:
    assert parse(raw) == (expected, ())


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        pytest.param({"effort": "huge"}, "effort", '"low"', id="not a choice"),
        pytest.param({"maxTurns": 0}, "maxTurns", "from 1 to 1000", id="too small"),
        pytest.param({"maxTurns": True}, "maxTurns", "whole number", id="a boolean is no number"),
        pytest.param({"maxTurns": 1.5}, "maxTurns", "whole number", id="not whole"),
        pytest.param({"trusted": "yes"}, "trusted", "true or false", id="not a boolean"),
        pytest.param({"allowedTools": "Bash"}, "allowedTools", "list", id="not a list"),
        pytest.param({"settingSources": ["home"]}, "settingSources", '"project"', id="bad item"),
        pytest.param({"env": {"A": 1}}, "env", "object of strings", id="not a string"),
        pytest.param({"budget": {"dayUsd": -1}}, "budget.dayUsd", "above 0", id="negative"),
        pytest.param({"budget": {"dayUsd": 0}}, "budget.dayUsd", "above 0", id="nothing at all"),
        pytest.param({"live": 3}, "live", "not a setting", id="a group is no setting"),
        pytest.param({"modell": "x"}, "modell", "claudeSidecar.model?", id="a slip of the pen"),
        pytest.param(["model"], "claudeSidecar", "must be an object", id="not an object"),
    ],
)
def test_wrong_values_are_reported_by_name_and_the_default_is_used(
    raw: Any, name: str, says: str
) -> None:
    settings, problems = parse(raw)
    assert settings == Settings()
    assert [problem.setting for problem in problems] == [name]
    assert says in problems[0].message


def test_a_wrong_value_does_not_spoil_the_right_ones() -> None:
    settings, problems = parse({"model": "m", "effort": 3, "live": {"max": 1, "min": 2}})
    assert (settings.model, settings.live_max) == ("m", 1)
    assert {problem.setting for problem in problems} == {"effort", "live.min"}


def test_settings_build_on_others() -> None:
    base, _ = parse({"model": "m", "offline": True})
    assert parse({"offline": False}, base)[0] == Settings(model="m")


def test_every_setting_is_in_the_schema_once() -> None:
    attributes = [option.attribute for option in SCHEMA]
    assert sorted(attributes) == sorted(Settings.__dataclass_fields__)
