"""Limits that several parts keep to; the commands' help names some."""

# Seconds kept back for scoring, exporting and reporting the unit in hand.
RESERVE = 30
# Seconds kept back beside it for each further unit that is scored with it.
SCORING = 10
# `bench` begins no measurement after so many seconds: on an accelerator, and
# on a processor.
BENCH = 100, 240
# Images at a time, forward only, when a network is scored.
SCORING_BATCH = 256
