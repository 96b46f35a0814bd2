"""Charts as SVG 1.1, drawn on the server: for a printer, and for readers who see no colours.

Every value is written beside its shape, every series has a hatching of its own, and nothing but
lines, rectangles, polygons and text is used, so that an old WebKit draws them like a new one.
Widths of texts are estimated; too long a label is cut with an ellipsis, its full text in the
title. All functions return ``markupsafe.Markup``.
"""

import re

from markupsafe import Markup, escape

FONT = 11  # px
LINE = 22  # px a row of bars takes
BAR = 14
GAP = 6
INK = "#222222"
# Dark enough to be told apart in grey; the hatching tells them apart without any tone.
FILLS = ("#1f5a92", "#e0a030", "#dcead6", "#b9c7d6", "#a04a5a")
HATCHES = ("solid", "rising", "none", "cross", "falling")
NARROW = "iljtf.,:;'|!()[]I "


def text_width(text, size=FONT):
    """Return about how wide ``text`` is in px: a Chinese character is as wide as high."""
    ems = 0.0
    for char in text:
        if ord(char) >= 0x2E80:
            ems += 1
        elif char in NARROW:
            ems += 0.36
        else:
            ems += 0.62
    return ems * size


def shorten(text, width, size=FONT):
    """Return ``text``, cut to ``width`` px with an ellipsis where it is longer.

    :rtype: str
    """
    text = " ".join(str(text or "").split())
    if text_width(text, size) <= width:
        return text
    room = width - text_width("…", size)
    cut = ""
    for char in text:
        if text_width(cut + char, size) > room:
            break
        cut += char
    return cut.rstrip() + "…"


def chart_ratio(svg):
    """Return the height of a chart by its width."""
    width, height = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups()
    return float(height) / float(width)


def bars(rows, width=640, maximum=None):
    """Return a bar per row, longest value as wide as there is room.

    :param rows: ``[(label, value, shown)]``; ``shown`` is the value as text
    :param width: of the whole chart, in px
    :param maximum: the value of a full bar; the largest one if omitted
    """
    return stacked_bars(
        [(label, [value], shown) for label, value, shown in rows], [], width, maximum
    )


def stacked_bars(rows, series, width=640, maximum=None):
    """Return a bar per row made of one part per series, with a legend.

    :param rows: ``[(label, [value of each series], shown)]``
    :param series: names of the series; empty for plain bars
    """
    labels, shown_room = _columns(rows, width)
    room = width - labels - shown_room - 2 * GAP
    totals = [sum(max(value or 0, 0) for value in values) for _label, values, _shown in rows]
    maximum = max(maximum or 0, *totals, 0) or 1
    top = LINE if series else 0
    shapes = [_legend(series, width)] if series else []
    for number, ((label, values, shown), total) in enumerate(zip(rows, totals, strict=True)):
        y = top + number * LINE
        shapes.append(_label(label, labels, y))
        x = labels + GAP
        for kind, value in enumerate(values):
            length = room * max(value or 0, 0) / maximum
            shapes.append(_box(x, y + (LINE - BAR) / 2, length, BAR, kind))
            x += length
        end = labels + GAP + room * total / maximum
        shapes.append(_text(end + GAP, y, shown))
    shapes.append(_line(labels + GAP, top, labels + GAP, top + len(rows) * LINE))
    return _svg(width, top + len(rows) * LINE, shapes)


def funnel(steps, width=640):
    """Return a funnel: a centred bar per step, with its number and its share of the first.

    :param steps: ``[(label, value, shown)]`` in order
    """
    labels, shown_room = _columns(steps, width)
    room = width - labels - shown_room - 2 * GAP
    maximum = max([value or 0 for _label, value, _shown in steps], default=0) or 1
    middle = labels + GAP + room / 2
    height = LINE + 4
    shapes = []
    for number, (label, value, shown) in enumerate(steps):
        y = number * height
        length = room * max(value or 0, 0) / maximum
        shapes.append(_label(label, labels, y + 2))
        if number:
            before = room * max(steps[number - 1][1] or 0, 0) / maximum
            shapes.append(_slope(middle, y - 6, before, y + 6, length))
        shapes.append(_box(middle - length / 2, y + 6, length, height - 12, 0))
        shapes.append(_text(labels + GAP + room + GAP, y + 2, shown))
    return _svg(width, len(steps) * height, shapes)


def trend(points, width=640, height=150):
    """Return a line over time, each point with its value and name.

    :param points: ``[(label, value or None, shown)]`` in order; None leaves a gap
    """
    left, bottom, top = 24, 2 * LINE - 6, LINE
    room, rise = width - 2 * left, height - bottom - top
    values = [value for _label, value, _shown in points if value is not None]
    maximum = max([*values, 0]) or 1
    step = room / max(len(points) - 1, 1)
    shapes = [_line(left, height - bottom, width - left, height - bottom)]
    previous = None
    for number, (label, value, shown) in enumerate(points):
        x = left + number * step if len(points) > 1 else width / 2
        shapes.append(_text(x, height - bottom + 2, shorten(label, step - 2, 9), "middle", 9))
        if value is None:
            previous = None
            continue
        y = height - bottom - rise * max(value, 0) / maximum
        if previous:
            shapes.append(_line(*previous, x, y, 2))
        shapes.append(_svg_tag("circle", cx=_px(x), cy=_px(y), r=3, fill=FILLS[0]))
        shapes.append(_text(x, y - LINE + 2, shorten(shown, step - 2, 9), "middle", 9))
        previous = (x, y)
    return _svg(width, height, shapes)


# --- shapes --------------------------------------------------------------------------------


def _columns(rows, width):
    """Return the room for the labels and for the values, in px."""
    labels = min(max([text_width(str(row[0] or "")) for row in rows], default=0), width * 0.34)
    shown = min(max([text_width(str(row[-1] or "")) for row in rows], default=0), width * 0.3)
    return labels, shown + GAP


def _legend(series, width):
    shapes, x, room = [], 0, width / max(len(series), 1)
    for kind, name in enumerate(series):
        text = shorten(name, room - BAR - 3 * GAP)
        shapes.append(_box(x, (LINE - BAR) / 2, BAR, BAR, kind))
        shapes.append(_text(x + BAR + GAP, 0, text))
        x += BAR + text_width(text) + 4 * GAP
    return Markup().join(shapes)


def _label(label, width, y):
    full = " ".join(str(label or "").split())
    short = shorten(full, width + 1)
    title = Markup("<title>%s</title>") % _clean(full) if short != full else Markup()
    return Markup("<g>%s%s</g>") % (title, _text(width, y, short, "end"))


def _box(x, y, width, height, kind):
    """Return a rectangle in the fill and the hatching of a series."""
    if width <= 0:
        return Markup()
    kind %= len(FILLS)
    hatch = HATCHES[kind]
    rect = _svg_tag(
        "rect",
        x=_px(x),
        y=_px(y),
        width=_px(width),
        height=_px(height),
        fill=FILLS[kind],
        stroke=INK,
        stroke_width="0.5",
    )
    lines = []
    if hatch in ("rising", "cross"):
        lines += _diagonals(x, y, width, height, rising=True)
    if hatch in ("falling", "cross"):
        lines += _diagonals(x, y, width, height, rising=False)
    return rect + Markup().join(_line(*line) for line in lines)


def _diagonals(x, y, width, height, rising, distance=5):
    """Return the 45° lines that fill a rectangle, cut at its edges: no clipping is needed."""
    lines = []
    offset = distance / 2
    while offset < width + height:
        start, end = max(0, offset - height), min(width, offset)
        # At ``start`` the line is ``offset - start`` from its edge.
        first, last = offset - start, offset - end
        if rising:
            lines.append((x + start, y + first, x + end, y + last))
        else:
            lines.append((x + start, y + height - first, x + end, y + height - last))
        offset += distance
    return lines


def _slope(middle, top, wide, bottom, narrow):
    points = [
        (middle - wide / 2, top),
        (middle + wide / 2, top),
        (middle + narrow / 2, bottom),
        (middle - narrow / 2, bottom),
    ]
    return _svg_tag(
        "polygon",
        points=" ".join(f"{_px(x)},{_px(y)}" for x, y in points),
        fill="#dde3ea",
    )


def _line(x1, y1, x2, y2, thickness=0.7):
    return _svg_tag(
        "line", x1=_px(x1), y1=_px(y1), x2=_px(x2), y2=_px(y2), stroke=INK, stroke_width=thickness
    )


def _text(x, y, text, anchor="start", size=FONT):
    tag = Markup('<text x="%s" y="%s" font-size="%s" text-anchor="%s" fill="%s">%s</text>')
    return tag % (_px(x), _px(y + LINE / 2 + size * 0.36), size, anchor, INK, _clean(text))


def _svg_tag(name, **attributes):
    text = Markup(" ").join(
        Markup('%s="%s"') % (key.replace("_", "-"), value) for key, value in attributes.items()
    )
    return Markup("<%s %s/>") % (Markup(escape(name)), text)


def _svg(width, height, shapes):
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="%s" height="%s" '
        'viewBox="0 0 %s %s" font-family="Lato, Noto Sans CJK SC, sans-serif">'
    )
    size = (_px(width), _px(height))
    return head % (*size, *size) + Markup().join(shapes) + Markup("</svg>")


def _px(number):
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _clean(text):
    """Return ``text`` without the control characters XML can't hold."""
    return "".join(
        char
        for char in str(text or "")
        if char in "\t\n"
        or " " <= char <= "\ud7ff"
        or "\ue000" <= char <= "\ufffd"
        or char > "\uffff"
    )
