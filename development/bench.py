"""`make bench`: the benchmarks; see benchmarks/command.py."""

from benchmarks.command import main  # noqa: F401
