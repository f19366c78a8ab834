from . import test_access_rights
from . import test_demo
from . import test_import
from . import test_occurrence
from . import test_partner
