"""What a public method is given may come from any client: a number where a text belongs, a list
where a date does. Whoever sends it is told so, in a sentence, before anything happens.
"""

from functools import wraps
from inspect import signature

from odoo import fields
from odoo.exceptions import UserError

BIGGEST_ID = 2**31 - 1


def takes(**kinds):
    """Have a method of a model read its arguments by ``kinds``: ``{argument: kind}``, a kind
    being one of the functions below. What is left out keeps its default. A record that is named
    twice is meant once.
    """

    def decorate(method):
        shape = signature(method)

        @wraps(method)
        def checked(self, *args, **kwargs):
            if len(set(self._ids)) < len(self._ids):
                self = self.union()
            bound = shape.bind(self, *args, **kwargs)
            for name, kind in kinds.items():
                value = bound.arguments.get(name)
                if value is None or value is False:
                    continue
                try:
                    bound.arguments[name] = kind(value)
                except (AttributeError, TypeError, ValueError, OverflowError) as error:
                    raise UserError(
                        self.env._("“%(argument)s” isn't what is expected there.", argument=name)
                    ) from error
            return method(*bound.args, **bound.kwargs)

        return checked

    return decorate


def _of(*types):
    def kind(value):
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise TypeError(value)
        return value

    return kind


text = _of(str)
label = _of(str, int)
number = _of(int, float)
flag = _of(bool, int)


def one_id(value):
    """Return the id of a record."""
    if not 0 <= _of(int)(value) <= BIGGEST_ID:
        raise ValueError(value)
    return value


def ids(value):
    """Return the ids of records, given as records or as their ids."""
    return [one_id(each) for each in _of(list, tuple)(getattr(value, "_ids", value))]


def day(value):
    """Return a date."""
    return fields.Date.to_date(value)


def moment(value):
    """Return a naive UTC datetime."""
    return fields.Datetime.to_datetime(value)


def names(value):
    """Return a list of texts."""
    return [text(name) for name in _of(list, tuple)(value)]


def texts_by_name(value):
    """Return ``{name: text}``; False stands for an empty text."""
    return {text(name): text(said or "") for name, said in value.items()}


def values_by_name(value):
    """Return ``{name: value}``."""
    return {text(name): each for name, each in value.items()}
