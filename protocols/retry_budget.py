"""How many of a link's calls may be repeats: when all fail, repeating each of them would be most of the load. Pure."""

MOST_SAVED = 10.0  # repeats: what a quiet day earns is no leave for a burst


class RetryBudget:
    """Every call earns `ratio` of a repeat, every repeat costs one. `at_first` are there to begin with."""

    def __init__(self, ratio: float, at_first: float = 3.0) -> None:
        self.ratio, self._saved = ratio, at_first

    @property
    def saved(self) -> float:
        return self._saved

    def earn(self) -> None:
        self._saved = min(MOST_SAVED, self._saved + self.ratio)

    def spend(self) -> bool:
        """Whether a repeat may be made."""
        if self._saved < 1.0:
            return False
        self._saved -= 1.0
        return True
