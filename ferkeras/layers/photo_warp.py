"""Photographing a batch of images anew: each from its angle, in its light."""

import keras
from keras import layers, ops

from ferkeras.layers.affine_warp import plane, sample_bilinear


def relight(images, brightness, contrast):
    """Brighten images and stretch their contrast, in logit space.

    A pixel `p` becomes `255 s(contrast (logit(p / 255) + brightness))`, where
    `s` is the logistic function and `p / 255` is kept 1e-7 away from 0 and 1.
    Where `brightness` is 0 and `contrast` 1, the image is returned as it is.

    Args:
        images: float32 `(batch, height, width, channels)`, 0-255.
        brightness: float32 `(batch, 1, 1, 1)`.
        contrast: float32 `(batch, 1, 1, 1)`.

    Returns:
        float32, the shape of `images`, 0-255.
    """
    share = ops.clip(images / 255, 1e-7, 1 - 1e-7)
    logit = ops.log(share / (1 - share))
    lit = 255 * ops.sigmoid(contrast * (logit + brightness))
    untouched = ops.logical_and(brightness == 0, contrast == 1)
    return ops.where(untouched, images, lit)


@keras.saving.register_keras_serializable(package="ferkeras")
class PhotoWarp(layers.Layer):
    """Resample every image once, in perspective, and change its lighting.

    Output pixel `(x, y)` is read, bilinearly, at input position
    `((a x + b y + c) / w, (d x + e y + f) / w)`, `w = g x + h y + 1`, in
    pixels; outside the image it is mirrored, the edge pixel repeated. Then
    the pixels are brightened and their contrast stretched, see `relight`. The
    row `(1, 0, 0, 0, 1, 0, 0, 0, 0, 1)` returns the image exactly. Always
    float32.

    Call arguments:
        images: `(batch, height, width, channels)`, any numeric dtype, 0-255.
        transforms: `(batch, 10)`, rows
            `(a, b, c, d, e, f, g, h, brightness, contrast)`.

    Output shape: that of `images`, float32, 0-255.

    Raises:
        ValueError: for transforms that are not ten numbers wide.

    Reference: fastai 1.0.61, `vision/transform.py` and `vision/image.py`; its
    mirrored border does not repeat the edge pixel.
    """

    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "dtype": "float32"})

    def call(self, images, transforms):
        if transforms.shape[-1] != 10:
            raise ValueError(
                "`transforms` takes ten numbers an image. "
                f"Received: transforms.shape={tuple(transforms.shape)}"
            )
        size = images.shape[1:3]
        a, b, c, d, e, f, g, h = (
            ops.reshape(transforms[:, k], (-1, 1, 1)) for k in range(8)
        )
        w = plane(g, h, ops.ones_like(g), *size, unit=2.0**28)
        warped = sample_bilinear(
            ops.cast(images, "float32"),
            plane(a, b, c, *size) / w,
            plane(d, e, f, *size) / w,
        )
        return relight(
            warped,
            ops.reshape(transforms[:, 8], (-1, 1, 1, 1)),
            ops.reshape(transforms[:, 9], (-1, 1, 1, 1)),
        )

    def compute_output_shape(self, images_shape, transforms_shape):
        return images_shape
