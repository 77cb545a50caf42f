"""Names that are not known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str:
    """Words on the known names that look most like one that is not.

    Args:
        name: what was asked for.
        known: the names there are; those that begin with it come first, and
            a part of one counts as near.
    """
    known = list(dict.fromkeys(known))
    lower = {each.lower(): each for each in reversed(known)}
    asked = re.escape(name.lower())
    begin = [x for x in lower if re.match(rf"{asked}\b", x)]
    begin.sort(key=len)
    parts = [x for x in lower if name.lower() in x]
    close = get_close_matches(name.lower(), lower)
    found = [lower[x] for x in dict.fromkeys([*begin, *close, *parts])][:3]
    return f"nearest: {'; '.join(found)}" if found else "none is like it"
