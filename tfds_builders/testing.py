"""What the tests of readers share."""

import warnings


def told(read, *arguments):
    """What a reader returns, and the texts of its warnings.

    Without those of the side files that every set of files for tests has.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        returned = read(*arguments)
    texts = [str(warning.message) for warning in caught]
    return returned, [text for text in texts if "passed over" not in text]
