"""Random affine transforms, drawn for a whole epoch at once."""

import numpy as np

IDENTITY = np.array([1, 0, 0, 0, 1, 0], np.float32)


def no_augmentation(rng, count, image_size):
    """Identity transforms, `(count, 6)` float32."""
    return np.tile(IDENTITY, (count, 1))


def random_affine(
    rng, count, image_size, *, flip, rotation, shift, zoom, shear
):
    """Flip, shear, zoom, rotation and shift, composed into one matrix.

    Each is drawn independently and uniformly, and acts about the image's
    centre.

    Args:
        rng: `numpy.random.Generator`.
        count: number of transforms.
        image_size: side of the images in pixels.
        flip: probability of a horizontal flip.
        rotation: largest angle in degrees, either way.
        shift: largest shift along each axis, as a share of `image_size`.
        zoom: largest factor along each axis; drawn from 1/zoom to zoom, even
            in the logarithm.
        shear: largest horizontal shear, pixels a pixel.

    Returns:
        float32 `(count, 6)`: rows `(a, b, c, d, e, f)` that map output pixel
        `(x, y)` to input position `(a x + b y + c, d x + e y + f)`.
    """
    mirror = np.where(rng.random(count) < flip, -1.0, 1.0)
    slant = rng.uniform(-shear, shear, count)
    factor = np.exp(rng.uniform(-1, 1, (2, count)) * np.log(zoom))
    angle = np.deg2rad(rng.uniform(-rotation, rotation, count))
    offset = rng.uniform(-shift, shift, (2, count)) * image_size
    cosine, sine = np.cos(angle), np.sin(angle)
    # rotation @ diag(factor) @ [[1, slant], [0, 1]] @ diag(mirror, 1)
    a = cosine * factor[0] * mirror
    b = cosine * factor[0] * slant - sine * factor[1]
    d = sine * factor[0] * mirror
    e = sine * factor[0] * slant + cosine * factor[1]
    centre = (image_size - 1) / 2
    c = centre * (1 - a - b) + offset[0]
    f = centre * (1 - d - e) + offset[1]
    return np.stack([a, b, c, d, e, f], -1).astype(np.float32)
