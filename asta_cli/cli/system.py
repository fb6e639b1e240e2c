"""What the operating system says about files, as message ids: its own words are English or those of its locale."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from functools import cache

from asta_cli.core.errors import N_

_TEXTS = {
    errno.ENOENT: N_("there is no such file or directory"),
    errno.EACCES: N_("access is not permitted"),
    errno.EPERM: N_("the operation is not permitted"),
    errno.EISDIR: N_("it is a directory"),
    errno.ENOTDIR: N_("a part of the path is not a directory"),
    errno.EEXIST: N_("it exists already"),
    errno.ELOOP: N_("its symbolic links go in a circle"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ENOSPC: N_("no space is left on the device"),
    errno.EDQUOT: N_("the disk quota is used up"),
    errno.EROFS: N_("the file system is read-only"),
    errno.EIO: N_("the device reports an error"),
    errno.EINVAL: N_("the name or the operation is not valid there"),
    errno.ENXIO: N_("there is no such device"),
    errno.EBUSY: N_("it is in use"),
    errno.ETXTBSY: N_("it is a program that runs"),
    errno.EMFILE: N_("too many files are open"),
    errno.ENFILE: N_("too many files are open on this machine"),
}


@cache
def texts() -> Mapping[str, str]:
    """What ``os.strerror`` says -> message id."""
    return {os.strerror(number): text for number, text in _TEXTS.items()}
