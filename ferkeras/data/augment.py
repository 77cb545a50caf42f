"""Random affine transforms, drawn for a whole epoch at once."""

from collections.abc import Callable, Sequence

import numpy as np

# What draws the transforms of an epoch: of a generator, the number of images
# and their side, `(count, parameters)`.
Augment = Callable[[np.random.Generator, int, int], np.ndarray]
IDENTITY = np.array([1, 0, 0, 0, 1, 0], np.float32)
TRIES = 10  # rectangles drawn before the central one is taken


def no_augmentation(
    rng: np.random.Generator, count: int, image_size: int
) -> np.ndarray:
    """Identity transforms, `(count, 6)` float32."""
    return np.tile(IDENTITY, (count, 1))


def mirrored_crops(
    rng: np.random.Generator, count: int, image_size: int, *, side: float = 1
) -> np.ndarray:
    """Views of every image: the whole or nine crops, each plain and mirrored.

    Args:
        rng: not used; the views are the same for every image.
        count: number of images.
        image_size: side of the images in pixels.
        side: of the crops, as a share of `image_size`. They lie in a grid of
            three by three that reaches the borders; of side 1 there is one.

    Returns:
        float32 `(2 or 18, count, 6)`, as `random_affine`; the plain views
        first.
    """
    last = image_size - 1
    corners = sorted({0.0, last * (1 - side) / 2, last * (1 - side)})
    views = [
        (mirror * side, 0, left + last * side * (mirror < 0), 0, side, top)
        for mirror in (1, -1)
        for top in corners
        for left in corners
    ]
    return np.tile(np.array(views, np.float32)[:, None], (1, count, 1))


def random_affine(
    rng: np.random.Generator,
    count: int,
    image_size: int,
    *,
    flip: float = 0,
    rotation: float = 0,
    shift: float = 0,
    zoom: float = 1,
    shear: float = 0,
    vertical_flip: float = 0,
) -> np.ndarray:
    """Flips, shear, zoom, rotation and shift, composed into one matrix.

    Each is drawn independently and uniformly, and acts about the image's
    centre; all are drawn, those left at their defaults too, but for the
    vertical flip, which comes last.

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
        vertical_flip: probability of a vertical flip.

    Returns:
        float32 `(count, 6)`: rows `(a, b, c, d, e, f)` that map output pixel
        `(x, y)` to input position `(a x + b y + c, d x + e y + f)`.
    """
    mirror = np.where(rng.random(count) < flip, -1.0, 1.0)
    slant = rng.uniform(-shear, shear, count)
    factor = np.exp(rng.uniform(-1, 1, (2, count)) * np.log(zoom))
    angle = np.deg2rad(rng.uniform(-rotation, rotation, count))
    offset = rng.uniform(-shift, shift, (2, count)) * image_size
    upright: float | np.ndarray = 1.0
    if vertical_flip:
        upright = np.where(rng.random(count) < vertical_flip, -1.0, 1.0)
    cosine, sine = np.cos(angle), np.sin(angle)
    # rotation @ diag(factor) @ [[1, slant], [0, 1]] @ diag(mirror, upright)
    a = cosine * factor[0] * mirror
    b = (cosine * factor[0] * slant - sine * factor[1]) * upright
    d = sine * factor[0] * mirror
    e = (sine * factor[0] * slant + cosine * factor[1]) * upright
    centre = (image_size - 1) / 2
    c = centre * (1 - a - b) + offset[0]
    f = centre * (1 - d - e) + offset[1]
    return np.stack([a, b, c, d, e, f], -1).astype(np.float32)


def random_resized_crop(
    rng: np.random.Generator,
    count: int,
    image_size: int,
    *,
    scale: tuple[float, float] = (0.08, 1.0),
    ratio: tuple[float, float] = (3 / 4, 4 / 3),
) -> np.ndarray:
    """Random rectangles, each stretched to the whole image.

    Sides and corner are whole pixels. A rectangle that does not fit is drawn
    again, ten times at most; then the largest central one of an allowed ratio
    is taken.

    Args:
        rng: `numpy.random.Generator`.
        count: number of transforms.
        image_size: side of the images in pixels.
        scale: smallest and largest area, as a share of the image's; drawn
            uniformly.
        ratio: smallest and largest width over height; drawn uniformly in the
            logarithm.

    Returns:
        float32 `(count, 6)`, as `random_affine`: output pixel `x` is read at
        `left + (x + 0.5) width / image_size - 0.5`, and `y` likewise.

    Reference: torchvision, `transforms.RandomResizedCrop`. Here the border of
    the output may read the pixel just outside the rectangle, where torchvision
    repeats the rectangle's edge.
    """
    area = rng.uniform(*scale, (TRIES, count)) * image_size**2
    low, high = np.log(ratio)
    aspect = np.exp(rng.uniform(low, high, (TRIES, count)))
    # The last try is not random: the largest central rectangle.
    narrow, wide = min(1.0, max(ratio)), max(1.0, min(ratio))
    aspect = np.vstack([aspect, np.full(count, narrow * wide)])
    area = np.vstack([area, np.full(count, image_size**2 * narrow / wide)])
    sides = np.rint(np.sqrt([area * aspect, area / aspect]))
    fits = ((sides >= 1) & (sides <= image_size)).all(0)
    first = fits.argmax(0)
    width, height = sides[:, first, np.arange(count)]
    room = (image_size - np.stack([width, height])).astype(int)
    corner = rng.integers(room + 1)
    left, top = np.where(first == TRIES, room // 2, corner)
    a, e = width / image_size, height / image_size
    c, f = left + (a - 1) / 2, top + (e - 1) / 2
    zero = np.zeros(count)
    return np.stack([a, zero, c, zero, e, f], -1).astype(np.float32)


def one_of(
    rng: np.random.Generator,
    count: int,
    image_size: int,
    *,
    choices: Sequence[Augment],
) -> np.ndarray:
    """One transform an image, of a kind drawn uniformly from several.

    Args:
        rng: `numpy.random.Generator`.
        count: number of transforms.
        image_size: side of the images in pixels.
        choices: tuple of functions `(rng, count, image_size) -> (count, 6)`,
            such as `functools.partial(random_affine, rotation=10)`.

    Returns:
        float32 `(count, 6)`.

    Reference: torchvision, `transforms.RandomChoice`.
    """
    kind = rng.integers(len(choices), size=count)
    transforms = [choice(rng, count, image_size) for choice in choices]
    return np.stack(transforms)[kind, np.arange(count)]
