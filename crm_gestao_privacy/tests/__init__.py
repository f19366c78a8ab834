from . import test_anonymise
from . import test_export
from . import test_lookup
from . import test_retention
