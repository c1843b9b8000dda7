"""The model of a network: plain Python that knows neither Qt nor torch."""
