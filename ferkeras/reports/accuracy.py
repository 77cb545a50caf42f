"""A model's accuracy in words; without Keras, for a fast list of models."""

from ferkeras.scoring.metrics import wilson


def accuracy_of(model):
    """Accuracy of a `Shipped`'s file in words, or of its run where unknown."""
    found = model.evaluated
    if found:
        return in_words(found["accuracy"], found["interval"])
    return accuracy_of_run(model.record)


def accuracy_of_run(record):
    """A record's accuracy in words, with its 95 % interval."""
    images = record["dataset"]["images"][record["protocol"]["test"]]
    accuracy = record["scores"]["accuracy"]
    right = round(images * accuracy / 100)
    return in_words(accuracy, wilson(right, images))


def in_words(accuracy, interval):
    """An accuracy with its 95 % interval, all in percent."""
    low, high = interval
    return f"{accuracy:.1f} % (95 % interval {low:.1f} to {high:.1f})"
