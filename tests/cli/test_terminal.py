"""What a terminal gets beside the text: colours, a pager, progress, a page that opens; a pipe gets the text."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import click
import pytest

import bayesnet
from bayesnet.cli import main, terminal


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def screened(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Standard output as a terminal of 24 lines with colours; no fixture, because pytest sets the streams of each phase."""
    out = Screen()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LINES", "24")
    return out


def test_a_terminal_gets_the_same_text_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headings are bold; without the colours it is the print; NO_COLOR and a pipe get no colours."""
    screened(monkeypatch)
    result = bayesnet.load("asia").posterior("lung=yes | smoke=yes")
    shown = terminal.coloured(result)
    assert "\x1b[1mposterior: lung=yes | smoke=yes\x1b[0m" in shown
    assert click.unstyle(shown) == str(result)
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.coloured(result) == str(result)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert terminal.coloured(result) == str(result)


def test_diagnose_is_in_colour_and_within_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text as without colours, its second table included, and no line over 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    shown = []
    for colours in ("", "1"):
        screen = screened(monkeypatch)
        monkeypatch.setenv("NO_COLOR", colours)
        monkeypatch.setenv("LINES", "99")
        with pytest.raises(SystemExit):
            main(["diagnose", "back_pain", "66, female, cancer_history, raised_alp, chronic_pain"])
        shown.append(screen.getvalue())
    heading = "diagnoses: given age_group=60-69, female, cancer_history, raised_alp,\n  chronic_pain"
    assert shown[0].startswith(f"\x1b[1m{heading}\x1b[0m\n")
    assert "\x1b[1mevidence for " in shown[0]
    assert click.unstyle(shown[0]) == shown[1]
    assert max(map(len, shown[1].splitlines())) <= 80


def test_what_is_many_screens_long_goes_to_a_pager_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three screens of text; less is printed, and a pipe gets all of it."""
    screen = screened(monkeypatch)
    paged: list[str] = []
    monkeypatch.setattr(click, "echo_via_pager", lambda text, color: paged.append(text))
    terminal.say("short")
    terminal.say("line\n" * 100)
    assert paged == ["line\n" * 100 + "\n"]
    assert screen.getvalue() == "short\n"
    monkeypatch.setattr(sys, "stdout", pipe := io.StringIO())
    terminal.say("line\n" * 100)
    assert pipe.getvalue() == "line\n" * 100 + "\n"
    assert len(paged) == 1


def test_a_command_that_takes_long_says_so_and_takes_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing within its patience, then a line with the seconds; nothing at all where standard error is no terminal."""
    monkeypatch.setattr(sys, "stderr", error := Screen())
    terminal.Ticker("quick", after=60.0).stop()
    assert error.getvalue() == ""
    slow = terminal.Ticker("audit back_pain", after=0.01)
    while "audit" not in error.getvalue():
        time.sleep(0.01)
    slow.stop()
    assert error.getvalue().startswith("\raudit back_pain ... ")
    assert error.getvalue().endswith("\r\033[K")
    monkeypatch.setattr(sys, "stderr", quiet := io.StringIO())
    terminal.Ticker("x", after=0.0).stop()
    assert quiet.getvalue() == ""


def test_a_page_needs_no_name_and_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """MODEL.html in the folder where one is; `--open` gives it to the browser."""
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["page", "sprinkler", "--open"])
    assert left.value.code == 0
    assert capsys.readouterr().out == "sprinkler.html\n"
    assert opened == [(tmp_path / "sprinkler.html").as_uri()]


@pytest.mark.parametrize(
    ("found", "started", "typed"),
    [
        ("/usr/bin/bayesnet", "/usr/bin/bayesnet", "bayesnet"),
        (None, ".venv/bin/bayesnet", ".venv/bin/bayesnet"),
        (None, "bayesnet/__main__.py", "python -m bayesnet"),
    ],
)
def test_the_demo_ends_with_commands_that_work_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None, started: str, typed: str
) -> None:
    """By name where the shell finds it, by path where it does not."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "bayesnet").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(terminal.shutil, "which", lambda _: found)
    monkeypatch.setattr(sys, "argv", [started])
    assert terminal.called() == typed


def completed(*words: str) -> list[str]:
    """What click offers for the last word of a line."""
    from click.shell_completion import ShellComplete

    from bayesnet.cli.program import program

    complete = ShellComplete(program, {}, "bayesnet", "_BAYESNET_COMPLETE")
    return [item.value for item in complete.get_completions(list(words[:-1]), words[-1])]


def test_shells_complete_models_and_the_names_of_a_question() -> None:
    """After a comma, a bar or an exclamation mark the next name; a model that is none completes nothing."""
    assert completed("diagnose", "back") == ["back_pain"]
    assert completed("diagnose", "asia", "dy") == ["dysp"]
    assert completed("query", "back_pain", "multiple_myeloma | anemia, !fev") == ["multiple_myeloma | anemia, !fever"]
    assert "night_pain" in completed("show", "back_pain", "ni")
    assert completed("diagnose", "no_such_model", "fe") == []
