from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from odoo.tests import BaseCase, tagged

from odoo.addons.lead_intake.tools import svg_chart

SVG = "{http://www.w3.org/2000/svg}"
LABEL = st.text(max_size=60)
VALUE = st.integers(0, 10**7)
ROW = st.tuples(LABEL, VALUE, st.text("0123456789 %(),", max_size=20))


def shapes(svg, tag):
    return list(etree.fromstring(str(svg)).iter(SVG + tag))


@tagged("post_install", "-at_install")
class TestSvgChart(BaseCase):
    """Charts are well-formed, to scale, and stay on their paper, whatever the labels say."""

    @given(st.lists(ROW, max_size=8))
    def test_bars_are_to_scale(self, rows):
        svg = svg_chart.bars(rows)
        self.assertInside(svg)
        lengths = [float(box.get("width")) for box in shapes(svg, "rect")]
        values = [value for _label, value, _shown in rows if value]
        if not values:
            return
        # What is shorter than half a hundredth of a pixel isn't told from nothing.
        full = max(lengths)
        for value, length in zip(values, lengths, strict=True):
            self.assertAlmostEqual(length, full * value / max(values), delta=0.02)

    @given(st.lists(st.tuples(LABEL, st.lists(VALUE, min_size=3, max_size=3), LABEL), max_size=5))
    def test_stacked_bars_stay_inside(self, rows):
        self.assertInside(svg_chart.stacked_bars(rows, ["A", "B", "C"]))

    @given(st.lists(ROW, max_size=7))
    def test_funnel_stays_inside(self, steps):
        svg = svg_chart.funnel(steps)
        self.assertInside(svg)
        middles = {
            round(float(box.get("x")) + float(box.get("width")) / 2) for box in shapes(svg, "rect")
        }
        self.assertLessEqual(len(middles), 2)  # rounding apart, one axis

    @given(st.lists(st.tuples(LABEL, st.none() | VALUE, LABEL), max_size=13))
    def test_trend_stays_inside(self, points):
        svg = svg_chart.trend(points)
        self.assertInside(svg)
        known = [point for point in points if point[1] is not None]
        self.assertEqual(len(shapes(svg, "circle")), len(known))

    def assertInside(self, svg):
        root = etree.fromstring(str(svg))
        width, height = float(root.get("width")), float(root.get("height"))
        for box in root.iter(SVG + "rect"):
            x, y = float(box.get("x")), float(box.get("y"))
            self.assertGreaterEqual(min(x, y), 0)
            self.assertLessEqual(x + float(box.get("width")), width + 0.1)
            self.assertLessEqual(y + float(box.get("height")), height + 0.1)
        for line in root.iter(SVG + "line"):
            for name, limit in (("x1", width), ("x2", width), ("y1", height), ("y2", height)):
                self.assertTrue(-0.1 <= float(line.get(name)) <= limit + 0.1, name)

    def test_labels_are_escaped(self):
        svg = svg_chart.bars([("<script>alert('1')</script> & co", 1, '"1"')])
        self.assertNotIn("<script", str(svg))
        self.assertIn("&lt;script", str(svg))

    @given(st.text(max_size=200), st.integers(12, 300))
    def test_shortened_labels_fit(self, text, width):
        short = svg_chart.shorten(text, width)
        self.assertLessEqual(svg_chart.text_width(short), width)

    def test_long_chinese_labels_are_cut_with_their_full_text_kept(self):
        name = "2026年第二十八届中国国际工业博览会数控机床与金属加工专题展区现场登记"
        svg = svg_chart.bars([(name, 3, "3")], width=400)
        labels = [text.text for text in shapes(svg, "text")]
        self.assertTrue(labels[0].endswith("…"))
        self.assertEqual(shapes(svg, "title")[0].text, name)

    def test_series_differ_without_colour(self):
        """Each part of a stack has a hatching of its own."""
        svg = svg_chart.stacked_bars([("A", [1, 1, 1], "3")], ["x", "y", "z"])
        self.assertTrue(shapes(svg, "line"))
        self.assertEqual(len(shapes(svg, "rect")), 6)  # three in the legend, three in the bar

    def test_nothing_to_draw(self):
        for svg in (svg_chart.bars([]), svg_chart.funnel([]), svg_chart.trend([])):
            etree.fromstring(str(svg))

    def test_ratio(self):
        self.assertAlmostEqual(svg_chart.chart_ratio(svg_chart.trend([], 600, 150)), 0.25)
