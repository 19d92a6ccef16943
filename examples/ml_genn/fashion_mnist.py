"""What the scripts beside it share: images and labels of Fashion-MNIST, as Debian's package
dataset-fashion-mnist installs them, or from the folder in SALTUS_DATA."""

import gzip
import os

import numpy as np

FOLDER = os.environ.get("SALTUS_DATA", "/usr/share/datasets/fashion-mnist")


def _read(name, header):
    with gzip.open(os.path.join(FOLDER, name)) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def images(part):
    """Images of "train" or "t10k", shape (images, 28, 28), uint8."""
    return _read(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)


def labels(part):
    return _read(f"{part}-labels-idx1-ubyte.gz", 8)
