"""What lies on disk: presets, data sets, run folders, recent files, settings. No Qt, no torch."""
