"""Networks: parameters, modules, losses. The part of torch.nn that a first network needs."""

from . import functional, init, utils
from .activation import LogSoftmax, ReLU, Sigmoid, Softmax, Tanh
from .container import ModuleList, Sequential
from .dropout import Dropout
from .flatten import Flatten
from .linear import Identity, Linear
from .loss import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss
from .module import Module
from .parameter import Parameter

__all__ = [
    "Module", "Parameter", "ModuleList", "Sequential",
    "Dropout", "Flatten", "Identity", "Linear",
    "LogSoftmax", "ReLU", "Sigmoid", "Softmax", "Tanh",
    "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "L1Loss", "MSELoss", "NLLLoss",
    "functional", "init", "utils",
]  # fmt: skip
