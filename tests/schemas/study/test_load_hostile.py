"""A `study.yml` that is broken or hostile is refused in words, quickly, whatever stands in it."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trial_report.schemas.problems import Problem, StudyProblems
from trial_report.schemas.study import StudyDefinition, load_study
from trial_report.schemas.study.example import SMALLEST

pytestmark = pytest.mark.requirement("REQ-405")

LINES = SMALLEST.split("\n")
PLANNED = next(line for line in LINES if "planned_subjects" in line)
BOMB = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 12))


def loaded(folder: Path, text: str | bytes) -> StudyDefinition | list[Problem]:
    (folder / "study.yml").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    try:
        return load_study(folder)
    except StudyProblems as refused:
        return list(refused.problems)


@pytest.mark.parametrize(
    ("added", "line"),
    [
        ("z: !!python/object/apply:os.system ['true']\n", 1),
        ("z: !!python/name:os.system\n", 1),
        ("? [a, b]\n: c\n", 1),
        ("? {a: b}\n: c\n", 1),
        ("z: !!int 0x_\n", 1),
        ("z: !!bool maybe\n", 1),
        ("z: !!float much\n", 1),
        ("z: !!timestamp now\n", 1),
        (f"z: {'1' * 5000}\n", 1),
        ("z: 1\nz: 2\n", 2),
        ("z: \x07\n", 1),
        ("a0: &a0 {x: 1, y: 2}\n" + BOMB, 5),
    ],
)
def test_what_yaml_cannot_make_a_value_of_is_named_at_its_line(tmp_path: Path, added: str, line: int) -> None:
    (found,) = loaded(tmp_path, SMALLEST.rstrip("\n") + "\n" + added)
    assert (found.check, found.line) == ("STUDY-003", SMALLEST.rstrip("\n").count("\n") + 1 + line)


def test_values_that_share_values_that_share_values_cost_no_time(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 20))
    assert {found.check for found in loaded(tmp_path, SMALLEST + bomb)} == {"STUDY-004"}
    assert {found.check for found in loaded(tmp_path, SMALLEST + "z: &z [*z]\n")} == {"STUDY-004"}


@pytest.mark.parametrize("text", ["a: " + "[" * 3000, "".join(" " * n + "a:\n" for n in range(1000))])
def test_what_is_nested_without_end_is_refused(tmp_path: Path, text: str) -> None:
    assert [found.expected for found in loaded(tmp_path, text)] == ["YAML that can be read"]


@pytest.mark.parametrize("value", ["0x14", "0b11", "20:30", "+.5e1x"])
def test_a_number_is_decimal_and_nothing_is_taken_for_one(tmp_path: Path, value: str) -> None:
    planned = PLANNED.partition(":")[0] + f": {value}"
    (found,) = loaded(tmp_path, SMALLEST.replace(PLANNED, planned))
    assert (found.check, found.value) == ("STUDY-006", value)


def test_a_leading_zero_makes_no_number_octal(tmp_path: Path) -> None:
    read = loaded(tmp_path, SMALLEST.replace(PLANNED, PLANNED.partition(":")[0] + ": 010"))
    assert isinstance(read, StudyDefinition)
    assert read.study.planned_subjects == 10


def test_a_link_to_a_definition_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yml").write_text(SMALLEST, encoding="utf-8")
    (tmp_path / "study.yml").symlink_to(tmp_path / "elsewhere.yml")
    with pytest.raises(StudyProblems, match="links are not followed"):
        load_study(tmp_path)


SCALARS = [
    "~",
    "",
    "[]",
    "{}",
    "[a]",
    "{a: b}",
    "-1",
    "1e400",
    ".nan",
    "true",
    "'",
    '"',
    "*a",
    "&a x",
    "!!int x",
    "? a",
]
SCALARS += ["|", "%YAML 9", "@", "`", "0x_", "2023-02-30", "1:2", "é", "[[", "}", "9" * 30, "<<: *x", "[2, 1]", "../x"]


def mutated(seed: int) -> str:
    """The smallest definition with one to four lines deleted, doubled, moved, cut, or given another value."""
    chance = random.Random(seed)
    lines = list(LINES)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        line = lines[at]
        place = chance.randint(0, len(line))
        words = list(re.finditer(r"[\w.+-]+", line)) or [re.match("", line)]
        word = chance.choice(words)
        lines[at : at + 1] = chance.choice(
            [
                [],
                [line, chance.choice(LINES)],
                [" " * chance.randint(0, 8) + line.lstrip()],
                [line.split(":")[0] + ": " + chance.choice(SCALARS)],
                [line[: word.start()] + chance.choice(SCALARS) + line[word.end() :]],
                [line[:place] + chr(chance.choice([*range(128), 0x85, 0x2028, 0x202E])) + line[place:]],
                [line[:place]],
            ]
        )
    return "\n".join(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_a_damaged_definition_is_read_or_refused_with_its_problems(tmp_path: Path, seed: int) -> None:
    found = loaded(tmp_path, mutated(seed))
    assert isinstance(found, StudyDefinition) or all(problem.check.startswith("STUDY-") for problem in found)
    assert found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, len(SMALLEST)), st.booleans())
def test_noise_in_a_definition_never_ends_in_a_traceback(tmp_path: Path, noise: bytes, at: int, alone: bool) -> None:
    whole = SMALLEST.encode()
    assert loaded(tmp_path, noise if alone else whole[:at] + noise + whole[at:])
