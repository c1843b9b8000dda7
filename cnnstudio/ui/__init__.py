"""The window: widgets only; what they show and change lives in :mod:`cnnstudio.app`."""
