from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.service.model import call_kw

from odoo.addons.lead_intake.tests.common import IntakeCommon

REFUSALS = (AccessError, MissingError, UserError, ValidationError)


class HostileCommon(IntakeCommon):
    """A client that calls what it likes, as over RPC: private methods are refused, a refused call
    leaves nothing behind.
    """

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call a method as ``user``'s client does; raise what the client would be told."""
        records = self.env(user=user, context={})[model]
        try:
            with self.cr.savepoint():
                result = call_kw(records, method, list(args), kwargs)
                self.env.flush_all()
        except Exception:
            self.env.invalidate_all()
            raise
        self.env.invalidate_all()
        return result

    def _refused(self, user, model, method, *args, **kwargs):
        """Return the clear sentence with which a call is refused, or False if it wasn't."""
        try:
            self._rpc(user, model, method, *args, **kwargs)
        except REFUSALS as error:
            return str(error) or type(error).__name__
        return False

    def assertRefused(self, user, model, method, *args, **kwargs):
        self.assertTrue(
            self._refused(user, model, method, *args, **kwargs), f"{model}.{method} was allowed"
        )
