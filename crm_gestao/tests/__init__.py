from . import test_access_rights
from . import test_demo
from . import test_import
from . import test_occurrence
from . import test_partner
from . import test_js
from . import test_report
from . import test_ui
