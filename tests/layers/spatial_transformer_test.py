import cv2
import keras
import numpy as np
import pytest
from keras import layers, ops
from scipy import ndimage

from ferkeras.layers import SpatialTransformer
from ferkeras.layers.affine_warp import sample_bilinear
from ferkeras.layers.spatial_transformer import transform
from tests.layer_checks import check_layer, check_saving, gradient

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(0, 1, (3, 21, 24, 2)).astype(np.float32)
HEIGHT, WIDTH = IMAGES.shape[1:3]
IDENTITY = np.array([1, 0, 0, 0, 1, 0], np.float32)
# In normalised coordinates, from output to input: half a turn is 180 degrees.
THETAS = {
    "rotation": [np.cos(0.5), -np.sin(0.5), 0, np.sin(0.5), np.cos(0.5), 0],
    "magnified": [0.6, 0, 0, 0, 0.7, 0],
    "made smaller": [1.7, 0, 0, 0, 1.3, 0],
    "shift": [1, 0, 0.3, 0, 1, -0.21],
    "everything": [0.8, 0.5, -0.2, -0.3, 1.2, 0.1],
}
each_theta = pytest.mark.parametrize("theta", THETAS.values(), ids=THETAS)


def warped(theta, images=IMAGES):
    thetas = np.tile(np.array(theta, np.float32), (len(images), 1))
    return ops.convert_to_numpy(transform(images, thetas))


def pixel_matrix(theta):
    """`theta` as a 2x3 matrix in pixels, from products of 3x3 matrices."""
    right, bottom = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    pixels = np.array([[right, 0, right], [0, bottom, bottom], [0, 0, 1]])
    full = np.vstack([np.reshape(theta, (2, 3)), [0, 0, 1]])
    return (pixels @ full @ np.linalg.inv(pixels))[:2]


def test_layer():
    check_layer(SpatialTransformer(units=5), IMAGES, weights=8)


def test_half_precision_reaches_the_localisation_network_only():
    layer = SpatialTransformer(dtype="mixed_bfloat16")
    assert (ops.convert_to_numpy(layer(IMAGES)) == IMAGES).all()
    *others, last = layer.localisation
    assert {each.compute_dtype for each in others} == {"bfloat16"}
    assert last.compute_dtype == "float32"


def test_saving(tmp_path):
    keras.utils.set_random_seed(0)
    inputs = keras.Input(IMAGES.shape[1:])
    layer = SpatialTransformer(
        (3, 4),
        (5, 3),
        units=6,
        kernel_initializer=keras.initializers.HeNormal(seed=1),
        kernel_regularizer=keras.regularizers.L2(0.1),
    )
    model = keras.Model(inputs, layer(inputs))
    # Away from the identity, or every saved localisation network would do.
    last = layer.localisation[-1]
    last.set_weights([RNG.normal(0, 0.1, w.shape) for w in last.get_weights()])
    check_saving(model, IMAGES, tmp_path)
    loaded = keras.saving.load_model(tmp_path / "model.keras").layers[-1]
    assert loaded.get_config() == layer.get_config()
    np.testing.assert_allclose(sum(loaded.losses), sum(layer.losses), 1e-6)


@pytest.mark.parametrize(
    "shape,arguments,parameters",
    [
        ((48, 48, 1), {}, 23120),
        ((64, 64, 1), {}, 48720),
        ((96, 96, 3), {}, 131424),
        ((100, 100, 3), {}, 144544),
        ((48, 48, 1), {"filters": (24, 32), "kernels": (5, 3)}, 110198),
    ],
)
def test_parameters(shape, arguments, parameters):
    layer = SpatialTransformer(**arguments)
    layer.build((None, *shape))
    assert layer.count_params() == parameters


def test_every_kernel_has_numbers_of_its_own():
    layer = SpatialTransformer(
        (2, 2), (2, 2), kernel_initializer=keras.initializers.Ones()
    )
    layer.build((None, 16, 16, 2))
    assert (ops.convert_to_numpy(layer.localisation[0].kernel) == 1).all()
    layer = SpatialTransformer((2, 2), (2, 2))
    layer.build((None, 16, 16, 2))
    first, second = (ops.convert_to_numpy(w) for w in layer.weights[:4:2])
    assert first.shape == second.shape and (first != second).any()


def test_fresh_layer_and_identity_leave_the_image():
    np.testing.assert_allclose(warped(IDENTITY), IMAGES, atol=1e-6)
    layer = SpatialTransformer(kernel_initializer="random_normal")
    np.testing.assert_allclose(layer(IMAGES), IMAGES, atol=1e-6)


def test_corners_of_the_image_are_at_one():
    # x is negated, y too: the image turned by 180 degrees, to its corners.
    turned = warped([-1, 0, 0, 0, -1, 0])
    np.testing.assert_allclose(turned, IMAGES[:, ::-1, ::-1], atol=1e-5)


def test_shift_by_whole_pixels_moves_content_against_theta():
    # Reading three columns further right: content moves left, zeros follow.
    shifted = warped([1, 0, 3 / ((WIDTH - 1) / 2), 0, 1, 0])
    np.testing.assert_allclose(shifted[:, :, :-3], IMAGES[:, :, 3:], atol=1e-5)
    np.testing.assert_allclose(shifted[:, :, -3:], 0, atol=1e-5)


@each_theta
def test_equals_scipy_also_where_the_border_covers_a_pixel_in_part(theta):
    # "grid-constant" blends an edge pixel with the 0 beside it, as we do;
    # "constant" drops it. scipy's matrix acts on (row, column).
    (a, b, c), (d, e, f) = pixel_matrix(theta)
    for image, ours in zip(IMAGES, warped(theta), strict=True):
        for channel in range(image.shape[-1]):
            theirs = ndimage.affine_transform(
                image[..., channel].astype(float),
                [[e, d], [b, a]],
                [f, c],
                order=1,
                mode="grid-constant",
            )
            np.testing.assert_allclose(ours[..., channel], theirs, atol=2e-5)


def opencv(images, matrix):
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return [
        cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), flags=flags)
        for image in images
    ]


@each_theta
def test_equals_opencv(theta):
    # OpenCV rounds a position to 1/32 pixel, which is at most 1/64 off in x
    # and in y; two neighbours differ by at most 1.
    theirs = opencv(IMAGES, pixel_matrix(theta))
    np.testing.assert_allclose(warped(theta), theirs, atol=1 / 32)


def test_equals_opencv_closely_on_quarters_of_a_pixel():
    # Rotated by arctan(4 / 3), scaled by 1.25, shifted.
    matrix = np.array([[0.75, -1, 8.25], [1, 0.75, -6.5]])
    right, bottom = (WIDTH - 1) / 2, (HEIGHT - 1) / 2
    centre = np.array([right, bottom])
    shift = matrix[:, :2] @ centre + matrix[:, 2] - centre
    theta = [0.75, -bottom / right, shift[0] / right]
    theta += [right / bottom, 0.75, shift[1] / bottom]
    np.testing.assert_allclose(pixel_matrix(theta), matrix, atol=1e-12)
    theirs = opencv(IMAGES, matrix)
    np.testing.assert_allclose(warped(theta), theirs, atol=2e-5)


def test_outside_is_exactly_zero_whatever_the_image_holds():
    infinite = np.full_like(IMAGES, np.inf)
    shift = [1, 0, 2 * WIDTH, 0, 1, 0]
    assert (warped(shift, infinite) == 0).all()


def test_unknown_border():
    with pytest.raises(ValueError, match="Received: 'wrap'"):
        sample_bilinear(IMAGES, IMAGES[..., 0], IMAGES[..., 0], border="wrap")


# Some of its samples lie outside the image.
THETA = np.array([[0.81, 0.32, -0.23, -0.27, 1.22, 0.13]], np.float32)
SMALL = RNG.uniform(0, 1, (1, 5, 6, 2)).astype(np.float32)
WEIGHTS = RNG.normal(0, 1, SMALL.shape).astype(np.float32)


def loss(images, theta):
    return ops.sum(transform(images, theta) * WEIGHTS)


def test_gradient_of_theta_equals_finite_differences():
    step = 2e-3
    # Between pixel centres the image is linear in each coordinate: central
    # differences are exact, if no sample crosses a centre. A step in theta
    # moves a sample by at most half the image.
    x, y = np.meshgrid(np.linspace(-1, 1, 6), np.linspace(-1, 1, 5))
    a, b, c, d, e, f = THETA[0]
    x, y = 2.5 * (1 + a * x + b * y + c), 2 * (1 + d * x + e * y + f)
    assert min(np.abs(np.r_[x, y] - np.round(np.r_[x, y])).ravel()) > 2.5 * step
    assert x.min() < 0 and y.max() > 4

    _, ours = gradient(loss, SMALL, THETA)
    differences = [
        float(loss(SMALL, THETA + step * e) - loss(SMALL, THETA - step * e))
        for e in np.eye(6, dtype=np.float32)
    ]
    expected = np.divide(differences, 2 * step)
    assert (np.abs(expected) > 0.1).all()
    np.testing.assert_allclose(ours[0], expected, atol=5e-3)


def test_gradient_of_images_is_the_transposed_warp():
    # The warp is linear in the image: <gradient, image> is the loss itself.
    ours, _ = gradient(loss, SMALL, THETA)
    other = RNG.uniform(0, 1, SMALL.shape).astype(np.float32)
    np.testing.assert_allclose(np.sum(ours * other), loss(other, THETA), 1e-4)


BLOB_GRID = np.stack(np.mgrid[:24, :24], -1) - 11.5


def displacement(images):
    """Mean distance of the centre of mass from the middle, in x and in y."""
    mass = images / images.sum((1, 2), keepdims=True)
    return np.abs((mass * BLOB_GRID).sum((1, 2))).mean()


def blobs(centres):
    squared = ((BLOB_GRID - centres) ** 2).sum(-1, keepdims=True)
    return np.exp(-squared / 18).astype(np.float32)


@pytest.mark.any_backend
def test_learns_to_bring_a_shifted_blob_back():
    keras.utils.set_random_seed(0)
    centres = np.random.default_rng(0).uniform(-5, 5, (1024, 1, 1, 2))
    training, unseen = np.split(blobs(centres), [768])
    # A readout that starts negative would first push the blob out of sight.
    readout = layers.Conv2D(1, 1, kernel_initializer="ones")
    model = keras.Sequential([SpatialTransformer(), readout])
    model.compile(keras.optimizers.Adam(1e-3), "mse")
    target = blobs(np.zeros_like(centres[:768]))
    model.fit(training, target, batch_size=32, epochs=15, verbose=0)
    transformed = ops.convert_to_numpy(model.layers[0](unseen))
    assert displacement(transformed) < 0.1 * displacement(unseen)


def test_the_localisation_has_the_layers_of_the_paper():
    layer = SpatialTransformer()
    layer.build((None, 48, 48, 1))
    kinds = [type(x).__name__ for x in layer.localisation]
    block = ["Conv2D", "MaxPooling2D", "ReLU"]
    assert kinds == [*block, *block, "Flatten", "Dense", "Dense"]
    assert {x.negative_slope for x in layer.localisation[2:6:3]} == {0}
    ends = [x.activation.__name__ for x in layer.localisation[-2:]]
    assert ends == ["relu", "linear"]
