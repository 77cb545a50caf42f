"""A grey canvas that is drawn on in face coordinates.

The origin is the middle of the face, x points right, y down, and the unit is
half the height of an average head.
"""

import cv2
import numpy as np

# The canvas is drawn this many times larger than the image.
SUPERSAMPLING = 4
# The face unit as a share of the image's side.
UNIT = 0.42
# Fractional bits of OpenCV's fixed-point coordinates.
SHIFT = 4
# Factors of points that were placed for the right half of the image.
LEFT, RIGHT = (-1, 1), (1, 1)


def bernstein(points):
    """The cubic Bernstein polynomials at even steps, `(points, 4)`."""
    t = np.linspace(0.0, 1.0, points)
    s = 1.0 - t
    return np.stack((s**3, 3 * s * s * t, 3 * s * t * t, t**3), axis=1)


def circle(points):
    """Evenly spaced points of the unit circle, `(points, 2)`."""
    angle = 2 * np.pi * np.arange(points) / points
    return np.stack((np.cos(angle), np.sin(angle)), axis=1)


BERNSTEIN = bernstein(13)
CIRCLE = circle(24)


def curve(*controls):
    """Points of a cubic Bezier curve with four control points, `(13, 2)`."""
    return BERNSTEIN @ np.array(controls)


def outline(*controls):
    """Points along several cubic Bezier curves, each starting at the last end.

    Args:
        controls: `3 n + 1` control points of `n` curves.

    Returns: float64 `(13 n, 2)`.
    """
    starts = range(0, len(controls) - 1, 3)
    return np.concatenate([curve(*controls[i : i + 4]) for i in starts])


def ellipse(x, y, radius_x, radius_y):
    """Points of an upright ellipse, `(24, 2)`."""
    return CIRCLE * (radius_x, radius_y) + (x, y)


class Canvas:
    """Pixels on which strokes and fills are placed as the scene says.

    Args:
        size: side of the finished image in pixels.
        scene: `appearance.Scene`; its roll, yaw, scale and shift are used.

    Attributes:
        pixels: uint8 `(side, side)`, `SUPERSAMPLING` times the size.
    """

    def __init__(self, size, scene):
        side = size * SUPERSAMPLING
        self.pixels = np.empty((side, side), np.uint8)
        self.unit = side * UNIT * scene.scale
        roll, yaw = np.deg2rad((scene.roll, scene.yaw))
        fixed_point = 2**SHIFT
        self.cos = fixed_point * self.unit * np.cos(roll)
        self.sin = fixed_point * self.unit * np.sin(roll)
        self.origin_x = fixed_point * side * (0.5 + UNIT * scene.shift_x)
        self.origin_y = fixed_point * side * (0.5 + UNIT * scene.shift_y)
        self.turn, self.narrowing = np.sin(yaw), np.cos(yaw)

    def place(self, points):
        """Fixed-point pixel coordinates of face points, `(n, 1, 2)` int32."""
        x, y = points.T
        # Turning the head moves a point by its depth; the head is a dome.
        depth = np.sqrt(np.maximum(1 - (x / 0.8) ** 2 - (y / 1.1) ** 2, 0))
        x = x * self.narrowing + depth * self.turn
        placed = np.empty((len(points), 1, 2))
        placed[:, 0, 0] = self.cos * x + self.sin * y + self.origin_x
        placed[:, 0, 1] = self.cos * y - self.sin * x + self.origin_y
        return np.rint(placed).astype(np.int32)

    def fill(self, points, grey):
        """Fill the polygon `(n, 2)` with a grey level."""
        contours = [self.place(points)]
        cv2.fillPoly(self.pixels, contours, min(grey, 255), cv2.LINE_AA, SHIFT)

    def stroke(self, points, grey, width):
        """Draw the open line `(n, 2)`, `width` in face units."""
        cv2.polylines(
            self.pixels,
            [self.place(points)],
            isClosed=False,
            color=min(grey, 255),
            thickness=max(round(width * self.unit), 1),
            lineType=cv2.LINE_AA,
            shift=SHIFT,
        )

    def soften(self, width):
        """Blur everything drawn so far, `width` in face units."""
        sigma = width * self.unit
        cv2.GaussianBlur(self.pixels, (0, 0), sigma, dst=self.pixels)
