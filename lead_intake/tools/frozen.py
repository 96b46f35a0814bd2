class Frozen:
    """Figures that were frozen when the month was closed. A client's JSON can't carry one."""

    def __init__(self, figures):
        self.figures = figures
