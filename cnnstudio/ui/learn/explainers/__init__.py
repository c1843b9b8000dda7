"""One file a block, under the block's own name, each with its :mod:`~cnnstudio.ui.learn.explainer`."""
