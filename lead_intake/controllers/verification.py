from odoo.http import Controller, request, route

# The address of the page is the secret: no other site is told it, no search engine keeps it,
# no frame shows it.
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


class VerificationController(Controller):
    """The page on which a customer confirms their e-mail address."""

    # Where Odoo's website is installed, its layout asks which website this is.
    @route(
        "/lead/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
    )
    def show(self, token):
        """Show the button. Whatever the link, the page is the same: it tells nobody anything,
        and opening it confirms nothing.
        """
        return self._render(token, "ask")

    @route(
        "/lead/confirm/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        readonly=False,
        website=True,
        multilang=False,
    )
    def confirm(self, token, **_values):
        """Confirm the address the link was sent to; the button was pressed."""
        if request.httprequest.method != "POST":
            # Odoo routes OPTIONS here as well, and asks no CSRF token of it.
            return self._render(token, "ask")
        verification = request.env["lead.intake.verification"]
        result = verification._confirm_link(token, request.httprequest.remote_addr)
        return self._render(token, result, 429 if result == "limited" else 200)

    def _render(self, token, result, status=200):
        company = request.env["lead.intake.verification"]._get_link_company(token)
        response = request.render(
            "lead_intake.confirm_page",
            {"result": result, "intake_company": company, "no_header": True, "no_footer": True},
            status=status,
        )
        response.headers.update(HEADERS)
        return response
