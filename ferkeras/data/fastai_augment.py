"""Perspective and light as fastai v1 draws them, for a whole epoch at once."""

import numpy as np

# The row that changes nothing: the identity, brightness 0, contrast 1.
NEUTRAL = np.array([1, 0, 0, 0, 1, 0, 0, 0, 0, 1], np.float32)


def homography(
    image_size: int,
    mirror: np.ndarray,
    stretch: np.ndarray,
    degrees: np.ndarray,
    factor: np.ndarray,
    focus: np.ndarray,
) -> np.ndarray:
    """Flip, perspective, rotation and zoom, composed in fastai's order.

    Four points make a homography. `stretch` and `mirror` say where in the
    output the input's corners would be; `factor`, `focus` and `degrees`, which
    points of the input are read there instead. Positions run from -1 to 1, the
    centres of the outermost pixels.

    Args:
        image_size: side of the images in pixels.
        mirror: `(count,)`, -1 where flipped, otherwise 1.
        stretch: `(4, count)`, by how much the top, bottom, left and right side
            of the image grow, as a share of their length.
        degrees: `(count,)`, angle of the rotation.
        factor: `(count,)`, zoom; above 1 the image is enlarged.
        focus: `(2, count)`, position `(x, y)` that the zoom leaves in place.

    Returns:
        float64 `(count, 8)`: rows `(a, b, c, d, e, f, g, h)` that map output
        pixel `(x, y)` to input position `((a x + b y + c) / w,
        (d x + e y + f) / w)`, `w = g x + h y + 1`.

    Reference: fastai 1.0.61, `vision/transform.py`.
    """
    x = np.array([[-1], [-1], [1], [1]])  # (corners, 1)
    y = np.array([[-1], [1], [-1], [1]])
    u = (x - focus[0]) / factor + focus[0]  # (corners, count)
    v = (y - focus[1]) / factor + focus[1]
    angle = np.deg2rad(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    u, v = cosine * u - sine * v, sine * u + cosine * v
    top, bottom, left, right = stretch
    x = x * mirror * (1 + np.stack([top, bottom, top, bottom]))
    y = y * (1 + np.stack([left, left, right, right]))

    centre = (image_size - 1) / 2
    x, y, u, v = (centre * (1 + position) for position in (x, y, u, v))
    one, zero = np.ones_like(x), np.zeros_like(x)
    # u w = a x + b y + c and v w = d x + e y + f at every corner.
    equations = np.concatenate(
        [
            [x, y, one, zero, zero, zero, -u * x, -u * y],
            [zero, zero, zero, x, y, one, -v * x, -v * y],
        ],
        axis=1,
    )  # (unknowns, equations, count)
    read = np.concatenate([u, v])
    return np.linalg.solve(equations.T, read.T[..., None])[..., 0]


def sometimes(
    rng: np.random.Generator,
    share: float,
    values: np.ndarray,
    otherwise: float,
) -> np.ndarray:
    """Keep values `(..., count)` of a random share of the images."""
    return np.where(rng.random(values.shape[-1]) < share, values, otherwise)


def complete(
    rng: np.random.Generator,
    image_size: int,
    mirror: np.ndarray,
    factor: np.ndarray,
    focus: np.ndarray,
    rotation: float,
    warp: float,
    lighting: float,
    affine_share: float,
    lighting_share: float,
) -> np.ndarray:
    """Draw all but flip and zoom; float32 `(count, 10)`."""
    if not 0 <= warp <= 1 / 3:
        raise ValueError(
            "`warp` must be between 0 and 1/3, so that the horizon stays "
            f"outside the image. Received: warp={warp!r}"
        )
    if not 0 <= lighting < 1:
        raise ValueError(
            "`lighting` must be at least 0 and below 1. "
            f"Received: lighting={lighting!r}"
        )
    count = len(mirror)
    stretch = rng.uniform(-warp, warp, (4, count))
    degrees = rng.uniform(-rotation, rotation, count)
    change = rng.uniform(0.5 * (1 - lighting), 0.5 * (1 + lighting), count)
    contrast = np.exp(rng.uniform(-1, 1, count) * np.log(1 - lighting))
    geometry = homography(
        image_size,
        mirror,
        sometimes(rng, affine_share, stretch, 0),
        sometimes(rng, affine_share, degrees, 0),
        factor,
        focus,
    )
    light = [
        sometimes(rng, lighting_share, np.log(change / (1 - change)), 0),
        sometimes(rng, lighting_share, contrast, 1),
    ]
    return np.hstack([geometry, np.transpose(light)]).astype(np.float32)


def fastai_transforms(
    rng: np.random.Generator,
    count: int,
    image_size: int,
    *,
    rotation: float,
    zoom: float,
    warp: float = 0.2,
    lighting: float = 0.2,
    affine_share: float = 0.75,
    lighting_share: float = 0.75,
    flip: float = 0.5,
) -> np.ndarray:
    """Flip, perspective, rotation, zoom, brightness and contrast.

    Each is drawn for each image independently, and uniformly but for the
    contrast, which is even in the logarithm.

    Args:
        rng: `numpy.random.Generator`.
        count: number of transforms.
        image_size: side of the images in pixels.
        rotation: largest angle in degrees, either way.
        zoom: largest factor of the zoom, which only enlarges, about a point
            drawn anywhere in the image.
        warp: most that each side of the image grows or shrinks, as a share of
            its length; 1/3 at most.
        lighting: most that brightness and contrast change. Mid-grey becomes
            0.5 (1 - lighting) to 0.5 (1 + lighting), of white; the contrast
            lies between 1 - lighting and its inverse.
        affine_share: probability of the perspective, of the rotation, and of
            the zoom.
        lighting_share: probability of the brightness, and of the contrast.
        flip: probability of a horizontal flip.

    Returns:
        float32 `(count, 10)`: rows of `homography`, brightness (which is added
        to the logit of the pixels) and contrast (which multiplies the sum), as
        `ferkeras.layers.PhotoWarp` takes them; `NEUTRAL` changes nothing.

    Raises:
        ValueError: for `warp` or `lighting` out of range.

    Reference: fastai 1.0.61, `get_transforms`.
    """
    mirror = np.where(rng.random(count) < flip, -1, 1)
    factor = sometimes(rng, affine_share, rng.uniform(1, zoom, count), 1)
    focus = rng.uniform(-1, 1, (2, count))
    return complete(
        rng,
        image_size,
        mirror,
        factor,
        focus,
        rotation,
        warp,
        lighting,
        affine_share,
        lighting_share,
    )


def fastai_views(
    rng: np.random.Generator,
    count: int,
    image_size: int,
    *,
    rotation: float,
    scale: float = 1.1,
    warp: float = 0.2,
    lighting: float = 0.2,
    affine_share: float = 0.75,
    lighting_share: float = 0.75,
) -> np.ndarray:
    """Eight views of every image, for averaging predictions.

    The image is enlarged into each of its corners, plain (views 0 to 3) and
    flipped (4 to 7). Perspective, rotation and lighting are random, drawn for
    each view of each image, as in training.

    Args:
        rng: `numpy.random.Generator`.
        count: number of images.
        image_size: side of the images in pixels.
        rotation, warp, lighting, affine_share, lighting_share: as in
            `fastai_transforms`.
        scale: factor of the zoom.

    Returns:
        float32 `(8, count, 10)`, as `fastai_transforms`.

    Raises:
        ValueError: for `warp` or `lighting` out of range.

    Reference: fastai 1.0.61, `vision/tta.py`.
    """
    flipped, right, lower = np.indices((2, 2, 2)).reshape(3, 8).repeat(count, 1)
    views = complete(
        rng,
        image_size,
        1 - 2 * flipped,
        np.full(8 * count, scale),
        np.stack([right, lower]) * 2 - 1,
        rotation,
        warp,
        lighting,
        affine_share,
        lighting_share,
    )
    return views.reshape(8, count, 10)
