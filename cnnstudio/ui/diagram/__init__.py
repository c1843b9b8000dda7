"""The network as a picture to take away: SVG, PNG, PDF, paper."""
