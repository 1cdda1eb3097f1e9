"""Grad modes as decorators: what no_grad() and its kin call when they are given a function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from typing import Any


def decorate(mode: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that runs in `mode`; of a generator every step does."""
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def steps(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            generator = function(*args, **kwargs)
            sent: Any = None
            try:
                while True:
                    with mode.clone():
                        value = generator.send(sent)
                    try:
                        sent = yield value
                    except GeneratorExit:
                        raise
                    except BaseException as error:
                        with mode.clone():
                            value = generator.throw(error)
                        sent = yield value
            except StopIteration as end:
                return end.value
            finally:
                generator.close()

        return steps

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with mode.clone():
            return function(*args, **kwargs)

    return wrapper
