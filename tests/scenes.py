"""Drawn scenes in which OpenCV's cascade finds the faces."""

import cv2
import numpy as np


def draw_face(image, x, y, radius, skin=190):
    """Draw a frontal face, its middle at `(x, y)`, in place."""

    def oval(right, down, width, height, grey, start=0):
        middle = (round(x + right * radius), round(y + down * radius))
        axes = (round(width * radius), round(height * radius))
        cv2.ellipse(image, middle, axes, 0, start, 360, grey, -1, cv2.LINE_AA)

    oval(0, 0, 0.8, 1.05, skin)
    oval(0, -0.62, 0.78, 0.5, 60, start=180)  # hair
    for side in (-0.34, 0.34):
        oval(side, -0.12, 0.22, 0.12, skin - 80)  # socket
        oval(side, -0.12, 0.1, 0.09, 20)
        oval(side, -0.33, 0.2, 0.05, 50)  # brow
    oval(0, 0.15, 0.1, 0.2, skin + 20)  # nose
    oval(0, 0.3, 0.16, 0.05, skin - 60)
    oval(0, 0.55, 0.32, 0.08, 80)  # mouth


def scene(*faces, blur=2):
    """A sloping background, 240 x 320, with faces `(x, y, radius)`."""
    image = np.empty((240, 320), np.uint8)
    image[:] = np.linspace(80, 140, 320)
    for face in faces:
        draw_face(image, *face)
    return cv2.GaussianBlur(image, (0, 0), blur)


def encoded(image, suffix=".png"):
    return cv2.imencode(suffix, image)[1].tobytes()
