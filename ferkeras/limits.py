"""Seconds that commands keep to, which their help names too."""

# Kept back for scoring, exporting and reporting the unit in hand.
RESERVE = 30
# Kept back beside it for each further unit that is scored with it.
SCORING = 10
# `bench` begins no measurement after so many: on an accelerator, and on a
# processor.
BENCH = 100, 240
