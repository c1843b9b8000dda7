"""Times as people read them."""

from PySide6.QtCore import QCoreApplication


def clock(seconds: float) -> str:
    """``0:07``, ``2:41``, ``1:02:03``."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``, ``3 days``: no finer than a guess can be."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Clock", text)

    if seconds < 9.95:
        return tr("{count} s").format(count=f"{seconds:.1f}")
    if seconds < 99.5:
        return tr("{count} s").format(count=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 10:
        rest = round(seconds / 10) * 10
        if rest % 60:
            return tr("{minutes} min {seconds} s").format(minutes=rest // 60, seconds=rest % 60)
        return tr("{count} min").format(count=rest // 60)
    if minutes < 120:
        return tr("{count} min").format(count=minutes)
    hours = round(minutes / 60)
    if hours < 10:
        whole = round(minutes / 10) * 10
        if whole % 60:
            return tr("{hours} h {minutes} min").format(hours=whole // 60, minutes=whole % 60)
        return tr("{count} h").format(count=whole // 60)
    return (
        tr("{count} h").format(count=hours)
        if hours < 72
        else tr("{count} days").format(count=round(hours / 24))
    )
