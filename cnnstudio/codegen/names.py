"""Names that reach generated code: sanitised, unique, and never one that torch or Python needs."""

import builtins
import re
from collections import Counter
from keyword import iskeyword, issoftkeyword
from unicodedata import normalize

_MODULE_NAMES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double
    dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu
    load_state_dict modules mtia named_buffers named_children named_modules named_parameters parameters
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule share_memory state_dict to
    to_empty train training type xpu zero_grad
"""
MODULE_NAMES = frozenset(_MODULE_NAMES.split())
"""What nn.Module itself calls something: an attribute of that name would break it. A test asks torch."""

_FILE_NAMES = """
    BATCH_SIZE CHANNELS CLASSES Callable DataLoader Dataset EPOCHS HEIGHT MEAN Path SEED SIDE_WEIGHTS STD
    Shapes Subset TEST_LIMIT Tensor WIDTH
"""
FILE_NAMES = frozenset(_FILE_NAMES.split())
"""What a generated file itself defines or imports under a name that a class could have."""
_LONGEST_CLASS = 50
_LONGEST_BLOCK = 18  # so that the longest attribute = Block(…) still breaks within a line
_AMBIGUOUS = ("I", "O", "l")  # what ruff's E741 and E742 call ambiguous

_ATTRIBUTES = {
    "DepthwiseConv2d": "depthwise",
    "BatchNorm2d": "bn",
    "GroupNorm": "gn",
    "LocalResponseNorm": "lrn",
    "MaxPool2d": "pool",
    "AvgPool2d": "avgpool",
    "AdaptiveAvgPool2d": "avgpool",
    "GlobalAvgPool2d": "avgpool",
    "ZeroPad2d": "pad",
    "LeakyReLU": "leaky_relu",
    "Linear": "fc",
    "Residual": "block",
    "Repeat": "layer",
    "AuxClassifier": "aux",
}


class Names:
    """The names taken in one scope."""

    def __init__(self, taken: frozenset[str] = frozenset()) -> None:
        self._taken = set(taken)
        self._numbers: Counter[str] = Counter()

    def unique(self, name: str) -> str:
        """The name, or the first of ``name2``, ``name3``, … that is free; taken from now on."""
        candidate, number = name, 1
        while candidate in self._taken:
            number += 1
            candidate = f"{name}_{number}" if name[-1].isdigit() else f"{name}{number}"
        self._taken.add(candidate)
        return candidate

    def numbered(self, base: str) -> str:
        """The first of ``base1``, ``base2``, … that is free; taken from now on."""
        while True:
            self._numbers[base] += 1
            name = f"{base}{self._numbers[base]}"
            if name not in self._taken:
                self._taken.add(name)
                return name


def class_names() -> Names:
    """The scope of a file's classes."""
    return Names(FILE_NAMES | frozenset(dir(builtins)))


def class_name(title: str, fallback: str = "Network", longest: int = _LONGEST_CLASS) -> str:
    """A class name from what a person wrote: ``ResNet-50`` gives ``ResNet50``."""
    plain = normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = ""
    for word in words:
        if name and len(name) + len(word) > longest:
            break
        # Two numbers side by side would read as one.
        glue = "_" if name[-1:].isdigit() and word[0].isdigit() else ""
        name += glue + word[0].upper() + word[1:]
    name = name[:longest]
    if not name or not name[0].isalpha():
        name = fallback + name
    if iskeyword(name) or name in _AMBIGUOUS or name in FILE_NAMES or hasattr(builtins, name):
        name += fallback
    return name[:longest]


def block_class_name(title: str) -> str:
    """The name of a class for a repeated part, from a group's name: ``stage_2`` gives ``Stage``."""
    return class_name(title.strip("_0123456789") or "Block", "Block", _LONGEST_BLOCK)


def attribute_name(name: str) -> str:
    """A group's name as an attribute that torch and Python leave free."""
    plain = name if name.isidentifier() and name.isascii() else re.sub(r"\W", "_", name, flags=re.ASCII)
    plain = plain.strip("_")[:40]
    if not plain or plain[0].isdigit():
        plain = f"group{plain}"
    if plain in MODULE_NAMES or iskeyword(plain) or issoftkeyword(plain):
        plain += "_"
    return plain


def attribute_base(block: str) -> str:
    """What attributes of this block type are called, before the number."""
    return _ATTRIBUTES.get(block) or snake_case(block.removesuffix("2d"))


def snake_case(name: str) -> str:
    """``SqueezeExcite`` as ``squeeze_excite``; ``ReLU`` and other abbreviations as one word."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", name).lower()
