"""Numbers as people read them."""

NARROW_SPACE = "\u202f"


def grouped(number: int) -> str:
    """A whole number in groups of three: ``442 368`` (narrow no-break spaces)."""
    return f"{number:,}".replace(",", NARROW_SPACE)


def short(number: float) -> str:
    """A count in three digits or so: ``432``, ``9.3 K``, ``442 K``, ``2.9 M``, ``15.5 G``."""
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= size * 0.9995:
            scaled = number / size
            digits = f"{scaled:.1f}" if scaled < 99.95 else f"{scaled:.0f}"
            return f"{digits.removesuffix('.0')} {unit}"
    return f"{number:g}"


def byte_text(size: float) -> str:
    """A memory size: ``64 KiB``, ``1.1 MiB``."""
    for unit, scale in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if size >= scale:
            scaled = size / scale
            digits = f"{scaled:.1f}" if scaled < 99.95 else f"{scaled:.0f}"
            return f"{digits.removesuffix('.0')} {unit}"
    return f"{size:.0f} B"
