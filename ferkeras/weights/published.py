"""Networks filled from published files of trained weights."""

import hashlib
import re
from pathlib import Path

from ferkeras.weights import transfer
from ferkeras.weights.files import EXTRAS, FILES


def find(name, folder):
    """Path of a published file.

    Args:
        name: key of `FILES`.
        folder: folder of weights.

    Raises:
        ValueError: for another name.
        FileNotFoundError: where it is missing, with its address and SHA-256.
    """
    if name not in FILES:
        raise ValueError(
            f"name must be one of {', '.join(map(repr, FILES))}. Received: "
            f"{name!r}"
        )
    file = FILES[name]
    path = Path(folder) / file.name
    if not path.exists():
        raise FileNotFoundError(
            f"{path} is missing. Download {file.url} and save it there under "
            f"that name. {file.also and f'{file.also} '}Its SHA-256 begins "
            f"with {file.sha256}."
        )
    return path


def load_pretrained(model, name, folder, names=None):
    """Fill a network's layers from a published file.

    Args:
        model: keras.Model.
        name: key of `FILES`.
        folder: folder of weights.
        names: as in `copy_weights`, when not all layers of the file are wanted
            or the model's have other names.

    Returns:
        What a record says of it: `file`, `sha256` and `layers`, a dict from
        names of the layers filled to those of the file.

    Raises:
        FileNotFoundError: where the file is missing, with its address.
        ModuleNotFoundError: where the package that reads it is missing, with
            the command that installs it.
        ValueError: for another file than published, and where layers do not
            fit, or a layer of the file fits none and `names` is empty. Nothing
            is changed then.
    """
    path = find(name, folder)
    file = FILES[name]
    with open(path, "rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if not digest.startswith(file.sha256):
        raise ValueError(
            f"{path} must have a SHA-256 that begins with {file.sha256}, as "
            f"published. Received: {digest}"
        )
    try:
        tensors = file.read(path)
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise
        raise ModuleNotFoundError(
            f"{path} is read by the package {error.name}. Run: python -m pip "
            f'install -e ".[{EXTRAS[error.name]}]"'
        ) from error
    arrays = file.layers(tensors)
    left = [x for x in tensors if not re.fullmatch(file.unused, x)]
    if left:
        raise ValueError(
            f"{path} must have no more tensors than are known. Received: "
            f"{', '.join(left)}"
        )
    layers = transfer.layers_with_weights(model)
    pairs = transfer.pair(layers, arrays, names or file.names)
    homeless = [x for x in arrays if x not in pairs.values()]
    if homeless and not names:
        raise ValueError(
            "Without `names`, the model must have a layer for each of the "
            f"file's. Received: none for {', '.join(homeless)}"
        )
    transfer.fill(layers, arrays, pairs)
    return {"file": file.name, "sha256": digest, "layers": pairs}
