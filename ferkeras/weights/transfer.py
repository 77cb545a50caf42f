"""From layer to layer, by their names."""

import re

import keras


def layers_with_weights(model):
    """Layers of a model, and of the models in it, by their names.

    Raises:
        ValueError: where two of them have the same name.
    """
    found = {}

    def visit(model):
        for layer in model.layers:
            if isinstance(layer, keras.Model):
                visit(layer)
            elif layer.weights:
                if layer.name in found:
                    raise ValueError(
                        "Layers with weights must have names of their own. "
                        f"Received: {layer.name} twice"
                    )
                found[layer.name] = layer

    visit(model)
    return found


def pair(targets, sources, names):
    """Say which layer is filled from which.

    Args:
        targets: names of the layers that may be filled.
        sources: names of those at hand.
        names: as in `copy_weights`.

    Returns:
        dict from names of `targets` to names of `sources`.

    Raises:
        ValueError: where an expression matches no target, or gives a name that
            is none of the sources; or where no name is in both.
    """
    if not names:
        pairs = {name: name for name in targets if name in sources}
        missing = [] if pairs else targets
    else:
        pairs = {}
        for pattern, template in names.items():
            fits = [m for x in targets if (m := re.fullmatch(pattern, x))]
            if not fits:
                raise ValueError(
                    "Each expression must match a layer with weights: "
                    f"{', '.join(targets)}. Received: {pattern!r}"
                )
            for match in fits:
                pairs.setdefault(match[0], match.expand(template))
        missing = [x for x in pairs.values() if x not in sources]
    if missing:
        raise ValueError(
            f"The source has the layers {', '.join(sources)}. Received: "
            f"{', '.join(missing)}"
        )
    return pairs


def fill(layers, arrays, pairs):
    """Set weights, all or, where a shape differs, none.

    Args:
        layers: layers to fill, by name.
        arrays: for each name of a source, its arrays in Keras' order.
        pairs: what `pair` returned.

    Raises:
        ValueError: where a shape differs.
    """
    for name, source in pairs.items():
        expected = [tuple(weight.shape) for weight in layers[name].weights]
        shapes = [array.shape for array in arrays[source]]
        if shapes != expected:
            raise ValueError(
                f"{name} takes arrays of the shapes {expected}. Received: "
                f"{shapes} of {source}"
            )
    for name, source in pairs.items():
        layers[name].set_weights(arrays[source])


def copy_weights(source, target, names=None):
    r"""Copy weights between networks whose layers correspond by name.

    A layer may be in a model in a model: its own name counts alone.

    Args:
        source: keras.Model to copy from.
        target: keras.Model to copy to.
        names: mapping of regular expressions, each matched with the whole name
            of a layer of `target`, to the names in `source`, in which `\1` is
            the first group: `{r"(?:small|shared)_(.+)": r"features_\1"}`. The
            first that matches counts; layers that none matches stay as they
            are. When empty, all layers that have the same name are copied.

    Returns:
        dict from names of the layers filled to those they were copied from.

    Raises:
        ValueError: where nothing fits, a layer is missing from `source`, or a
            shape differs; nothing is copied then.
    """
    layers = layers_with_weights(target)
    arrays = {
        name: layer.get_weights()
        for name, layer in layers_with_weights(source).items()
    }
    pairs = pair(layers, arrays, names)
    fill(layers, arrays, pairs)
    return pairs
