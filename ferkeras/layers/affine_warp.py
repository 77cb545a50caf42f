"""Resampling a batch of images, each by an affine matrix of its own."""

import keras
from keras import layers, ops


def mirror(index, size):
    """Fold any integer index into 0..size-1, repeating the edge pixel."""
    index = ops.mod(index, 2 * size)
    return ops.minimum(index, 2 * size - 1 - index)


def sample_bilinear(images, x, y, border="mirror"):
    """Read images at fractional pixel positions.

    Args:
        images: float32 `(batch, height, width, channels)`.
        x: columns in pixels, `(batch, out_height, out_width)`; 0 is the centre
            of the first column.
        y: rows in pixels, same shape.
        border: what lies outside the image, "mirror" (the image, mirrored) or
            "zero".

    Returns:
        float32 `(batch, out_height, out_width, channels)`.
    """
    if border not in ("mirror", "zero"):
        raise ValueError(
            f"border must be 'mirror' or 'zero'. Received: {border!r}"
        )
    height, width, channels = images.shape[1:]
    flat = ops.reshape(images, (-1, channels))
    first = ops.arange(ops.shape(images)[0]) * (height * width)
    left, top = ops.floor(x), ops.floor(y)
    right_weight = ops.expand_dims(x - left, -1)
    bottom_weight = ops.expand_dims(y - top, -1)
    left, top = ops.cast(left, "int32"), ops.cast(top, "int32")

    def read(row, column):
        near_row, near_column = mirror(row, height), mirror(column, width)
        index = first[:, None, None] + near_row * width + near_column
        pixels = ops.take(flat, index, axis=0)
        if border == "mirror":
            return pixels
        # Inside the image, and only there, mirroring moves nothing.
        inside = ops.logical_and(near_row == row, near_column == column)
        return ops.where(ops.expand_dims(inside, -1), pixels, 0.0)

    def blend(low, high, weight):
        return low + (high - low) * weight

    upper = blend(read(top, left), read(top, left + 1), right_weight)
    lower = blend(read(top + 1, left), read(top + 1, left + 1), right_weight)
    return blend(upper, lower, bottom_weight)


def plane(a, b, c, height, width, unit=2.0**20):
    """Compute `a x + b y + c` for every pixel, in fixed point.

    With floats, XLA may compute a position twice, fused in one place and not
    in the other, and take the left pixel from one and its weight from the
    other: where these lie on two sides of a pixel, the pixel read is wrong.

    Args:
        a, b, c: float32 `(batch, 1, 1)`.
        height, width: of the image in pixels.
        unit: what 1 is in fixed point; values stay below `2^31 / unit`.

    Returns:
        float32 `(batch, height, width)`.
    """
    columns = ops.arange(width, dtype="int32")[None, None, :]
    rows = ops.arange(height, dtype="int32")[None, :, None]
    # Not a matrix product, whose factors GPUs may round to 11 bits (TF32).
    a, b, c = (ops.cast(ops.round(k * unit), "int32") for k in (a, b, c))
    return ops.cast(a * columns + b * rows + c, "float32") / unit


def warp(images, transforms, border="mirror"):
    """Resample every image through its own affine matrix, which may be learned.

    Args:
        images: float32 `(batch, height, width, channels)`.
        transforms: float32 `(batch, 6)`, rows `(a, b, c, d, e, f)`, in pixels:
            output pixel `(x, y)` is read at `(a x + b y + c, d x + e y + f)`.
        border: as in `sample_bilinear`.

    Returns:
        float32, the shape of `images`.
    """
    height, width = images.shape[1:3]
    columns = ops.arange(width, dtype="float32")[None, None, :]
    rows = ops.arange(height, dtype="float32")[None, :, None]
    # Not a matrix product, whose factors GPUs may round to 11 bits (TF32).
    a, b, c, d, e, f = (
        ops.reshape(transforms[:, k], (-1, 1, 1)) for k in range(6)
    )
    return sample_bilinear(
        images, a * columns + b * rows + c, d * columns + e * rows + f, border
    )


@keras.saving.register_keras_serializable(package="ferkeras")
class AffineWarp(layers.Layer):
    """Resample every image once, through its own affine matrix.

    Output pixel `(x, y)` is read, bilinearly, at input position
    `(a x + b y + c, d x + e y + f)`, in pixels; outside the image it is
    mirrored (OpenCV's `BORDER_REFLECT`). The identity matrix returns the image
    exactly. Always float32.

    Call arguments:
        images: `(batch, height, width, channels)`, any numeric dtype.
        transforms: `(batch, 6)`, rows `(a, b, c, d, e, f)`.

    Output shape: that of `images`, float32.
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, images, transforms):
        size = images.shape[1:3]
        a, b, c, d, e, f = (
            ops.reshape(transforms[:, k], (-1, 1, 1)) for k in range(6)
        )
        return sample_bilinear(
            ops.cast(images, "float32"),
            plane(a, b, c, *size),
            plane(d, e, f, *size),
        )

    def compute_output_shape(self, images_shape, transforms_shape):
        return images_shape
