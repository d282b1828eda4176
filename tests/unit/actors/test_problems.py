"""The one error model of the facade."""

import importlib
import pkgutil

import actors.facade
from actors.facade.problems import Problem


def test_no_problem_is_kept_to_be_raised_again_for_it_would_keep_the_frames_of_every_time() -> None:
    modules = [
        importlib.import_module(each.name) for each in pkgutil.walk_packages(actors.facade.__path__, "actors.facade.")
    ]
    kept = [
        f"{module.__name__}.{name}"
        for module in modules
        for name, it in vars(module).items()
        if isinstance(it, Problem)
    ]

    assert len(modules) > 30
    assert kept == []
