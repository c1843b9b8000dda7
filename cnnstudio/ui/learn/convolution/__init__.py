"""The three pictures of a convolution: the window that slides, the matrix product, and the way back."""
