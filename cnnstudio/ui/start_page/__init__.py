"""The page that a window without a model shows: presets as cards, recent files, an empty network."""

from cnnstudio.ui.start_page.page import StartPage

__all__ = ["StartPage"]
