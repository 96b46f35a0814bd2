"""Files that a full disk, or one that may not be written to, doesn't take."""

import errno
from contextlib import contextmanager

from odoo.exceptions import UserError

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO}


@contextmanager
def told(env):
    """Say in words that the server could not store what is made inside.

    :param odoo.api.Environment env: whose language it is said in
    :raise UserError: if the disk didn't take it
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise UserError(
            env._(
                "The server couldn't store the file, and nothing was changed: %(reason)s. Ask an "
                "administrator to make room on the server's disk, then try again.",
                reason=error.strerror,
            )
        ) from error
