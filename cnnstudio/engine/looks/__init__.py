"""Looking into a network: what :mod:`cnnstudio.core.looks` asks for, a file for each."""
