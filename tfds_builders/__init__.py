"""TFDS builders, one folder a dataset; they never import `ferkeras`."""
