"""The version, in its one place: packaging, CMake and `tapegrad.__version__` read it from here."""

__version__ = "0.1.0"
