from . import verification
from . import import_files
